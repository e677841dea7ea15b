"""The tolerance of what does not depend on the order of nodes."""

from repool.artifacts.needs import Needs

NEEDS = Needs(margins=("permutation",))

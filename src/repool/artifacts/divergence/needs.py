"""The tolerance of what is zero."""

from repool.artifacts.needs import Needs

NEEDS = Needs(margins=("divergence_identical",))

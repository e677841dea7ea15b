"""A grid's combinations of options."""

from repool.artifacts.needs import Needs

NEEDS = Needs(inputs=("sizes",))

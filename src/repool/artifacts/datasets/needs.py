"""Cards alone."""

from repool.artifacts.needs import Needs

NEEDS = Needs(methods=False)

"""Methods with scores of several seeds are ranked across datasets."""

from repool.artifacts.needs import Needs

NEEDS = Needs(ranked=True)

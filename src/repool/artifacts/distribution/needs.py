"""Methods with scores of several seeds are ranked across datasets; the margins of scores are drawn."""

from repool.artifacts.needs import Needs

NEEDS = Needs(ranked=True, margins=("accuracy", "auroc", "mae"))

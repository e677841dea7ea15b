"""The specs that ran, from the summaries of the cells."""

from repool.artifacts.needs import Needs

NEEDS = Needs(inputs=("summaries",))

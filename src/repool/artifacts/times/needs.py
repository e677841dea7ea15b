"""Devices and sizes of blocks, from the summaries of the cells."""

from repool.artifacts.needs import Needs

NEEDS = Needs(inputs=("summaries",))

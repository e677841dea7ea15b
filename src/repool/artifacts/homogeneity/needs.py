"""Paired tests of homogeneity compare the share within columns, before the first pooling."""

from repool.artifacts.needs import Needs

NEEDS = Needs(measure=lambda _: "matrix_share_before")

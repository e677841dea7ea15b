"""Embeddings that the first seed kept; matrices have colours of their own."""

from repool.artifacts.needs import Needs

NEEDS = Needs(inputs=("activations",), coloured=False)

"""repool: Rethinking pooling in graph neural networks (NeurIPS 2020), replicated as one pipeline."""

__version__ = "0.1.0"

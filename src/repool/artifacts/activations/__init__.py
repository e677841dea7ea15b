"""Embeddings of three graphs as matrices: figures 5, 6 and S2 to S13."""

"""The unsupervised loss of graph memory networks: appendix D."""

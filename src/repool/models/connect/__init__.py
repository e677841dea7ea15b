"""Connect: who is whose neighbour among clusters (A' of the paper's equations)."""

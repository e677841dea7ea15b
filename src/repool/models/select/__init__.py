"""Select: which nodes make a cluster (S of the paper's equations)."""

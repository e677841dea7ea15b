"""Poolings that somebody brings, and the network around them, which is the same for their randomised twins."""

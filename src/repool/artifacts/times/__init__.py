"""Seconds per epoch: section 2."""

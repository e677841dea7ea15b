"""Beside the floors: what is kept of real runs, in git, and how it comes back."""

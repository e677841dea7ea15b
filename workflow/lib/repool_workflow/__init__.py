"""Helpers of the rules; the package's name is its own, so that no module of an importing workflow hides one of them."""

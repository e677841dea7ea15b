"""Artifacts of the paper: a folder for each kind, whose files stand apart so that a view never remakes a table."""

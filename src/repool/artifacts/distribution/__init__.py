"""Test scores of runs, a panel a dataset: figures 1, 2 and 4."""

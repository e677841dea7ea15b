"""A curve of training by epoch, averaged over seeds: figures 3, 7 and S1."""

"""Networks with one convolution before the first pooling beside those with many: table 2."""

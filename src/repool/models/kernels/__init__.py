"""What is fast in one pass, each beside its plain form in torch: arrays and the first rows of graphs in, no levels."""

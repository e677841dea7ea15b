"""Floor 2: the networks of the paper, each for a stack of seeds."""

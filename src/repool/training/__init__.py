"""Floor 2: the protocol: splits, batches, optimiser, stopping, checkpoints, records."""

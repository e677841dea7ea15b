"""Floor 5: from tables and pictures to the paper."""

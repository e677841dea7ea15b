"""Floor 4: from tables to pictures."""

"""Floor 1: from raw archives to flat arrays and a card."""

"""Settings that ran beside those that the paper prints: tables S2 to S4."""

"""What was measured on the prepared data beside what the paper prints: table S1."""

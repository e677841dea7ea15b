"""What may stand in a file: one typed model each, and the sentence for what may not."""

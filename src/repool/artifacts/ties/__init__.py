"""What it changes which of several best epochs counts."""

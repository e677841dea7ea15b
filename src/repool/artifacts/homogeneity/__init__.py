"""How alike the rows of a graph's embedding are: section 3."""

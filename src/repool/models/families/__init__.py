"""Model families: one module each, with a class `Network` (`repool.models.network`)."""

"""Compiled functions that compiled functions of other files call; `models.compiled` says what follows for caches."""

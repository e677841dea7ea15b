"""Beside the floors: what is to be done, what it will take, and how far it is."""

"""Beside the floors: whether what they left still is what they wrote."""

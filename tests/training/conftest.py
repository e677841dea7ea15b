from precision import double_precision, one_thread  # noqa: F401

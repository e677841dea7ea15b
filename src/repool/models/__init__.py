"""Floor 2: the networks of the paper, each for a stack of seeds."""

import repool.models.compiled  # noqa: F401  (says where numba keeps what it compiles, so before any of it)

"""`python -m repool`."""

import sys

# The working folder, which `-m` puts first: its statistics.py or numbers.py would stand for Python's own.
if not sys.flags.safe_path:
    sys.path.pop(0)

from repool.cli import main

sys.exit(main())

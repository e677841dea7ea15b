"""`python -m repool`."""

import sys

from repool.cli import main

sys.exit(main())

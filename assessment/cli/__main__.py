"""`python -m assessment.cli` is `escala`."""

import sys

from assessment.cli.main import main

sys.exit(main())

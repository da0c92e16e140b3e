"""`python -m deskwright` is the `deskwright` command."""

import sys

from deskwright.config.command import main

sys.exit(main())

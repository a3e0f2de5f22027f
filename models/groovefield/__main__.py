"""``python -m groovefield COMMAND ...``: the command line, where only a Python is known."""

from __future__ import annotations

import sys

from groovefield.cli import main

sys.exit(main())

"""Where the development data is, for every test that reads it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def data_root(needs: str = "gmd/info.csv") -> Path:
    """The folder; the test is skipped, with the reason, where it does not hold ``needs``.

    It is named by GROOVEFIELD_DATA, else it lies beside the tree, at ``../shared/data``.
    """
    named = os.environ.get("GROOVEFIELD_DATA")
    root = Path(named) if named else Path(__file__).parents[3] / "shared" / "data"
    if not (root / needs).exists():
        pytest.skip(f"needs the development data, which is not at {root} (GROOVEFIELD_DATA)")
    return root

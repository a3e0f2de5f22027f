"""What holds for all tests: nothing is written into the user's own folders."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Caches and libraries of the programs under test lie among the tests' own files."""
    home = tmp_path_factory.mktemp("home")
    names = {"XDG_CACHE_HOME": home / "cache", "XDG_DATA_HOME": home / "data"}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: str(path) for name, path in names.items()})
    yield
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value

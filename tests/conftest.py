"""What holds for all tests: where they write, and what they may be skipped for.

Nothing is written into the user's own folders. With GROOVEFIELD_ALL=1, which build/test sets, a
test that is skipped fails: all it needs was just built or installed, but for what is named here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from typing import Any

import pytest

MAY_BE_MISSING = [
    "the development data",  # it is not part of the project
    "to check the plugin",  # nor are Steinberg's validator and pluginval
    # What another system has not, or a user may not.
    "nothing is forbidden to root",
    "POSIX's",
    "Windows has no SIGINT",
]
if sys.platform != "linux":  # build/setup installs them on Linux alone
    MAY_BE_MISSING += ["reads /proc", "the C library's functions", "Ardour 7", "xvfb-run"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _no_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _no_skip((yield))


def _no_skip(report: Any) -> Any:
    """The report, as a failure where it skips what build/test has made sure of."""
    if os.environ.get("GROOVEFIELD_ALL") == "1" and report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not any(words in reason for words in MAY_BE_MISSING):
            report.outcome = "failed"
            report.longrepr = f"{report.nodeid} may not be skipped here. {reason}"
    return report


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

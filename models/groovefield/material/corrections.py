"""Corrections by hand, remembered by content: how single files are to be read from now on.

One JSON file of the user's: ``{"groovefield corrections": 1, "files": {SHA-256: {...}}}``. Whoever
reads material takes them into `ImportSettings.files`.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import string
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from groovefield import places
from groovefield.files import read_ordinary
from groovefield.lanes import LANE_INDEX, MAX_STEPS
from groovefield.material import map_files
from groovefield.material.drum_tracks import RULES
from groovefield.material.notes import MaterialError, printable
from groovefield.material.settings import FileSettings
from groovefield.pattern import Grid

VERSION = 1
_MARK = "groovefield corrections"
_MOST_BYTES = 16 * 2**20


def load(path: Path | None = None) -> dict[str, FileSettings]:
    """What is remembered; empty where nothing ever was. Raises `MaterialError`."""
    path = path or places.corrections()
    name = printable(str(path))
    try:
        return _parse(read_ordinary(path, _MOST_BYTES).decode("utf-8"), name)
    except FileNotFoundError:
        return {}
    except MaterialError:
        raise
    except OSError as error:
        raise MaterialError(f"{name} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise MaterialError(f"{name} is not text in UTF-8; move it away to go on.") from error


def _parse(text: str, name: str) -> dict[str, FileSettings]:
    try:
        raw = json.loads(text)
        if raw[_MARK] != VERSION:
            raise MaterialError(f"{name} has form {raw[_MARK]!r}; this program reads {VERSION}.")
        return {_key(key): _settings(each) for key, each in raw["files"].items()}
    except MaterialError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MaterialError(
            f"{name} does not hold corrections ({type(error).__name__}); move it away to go on."
        ) from error


def remember(key: str, settings: FileSettings, path: Path | None = None) -> None:
    """`remember_all` for one content."""
    remember_all([key], settings, path)


def remember_all(keys: Iterable[str], settings: FileSettings, path: Path | None = None) -> None:
    """Keep what was chosen for contents with those SHA-256, with what was chosen before.

    An empty choice forgets all of it. Raises `MaterialError` when what is there cannot be read
    or written; then nothing is kept for any.
    """
    path = path or places.corrections()
    files = load(path)
    for key in keys:
        if settings == FileSettings():
            files.pop(_key(key), None)
        else:
            files[_key(key)] = settings.over(files.get(key, FileSettings()))
    save(files, path)


def save(files: Mapping[str, FileSettings], path: Path | None = None) -> None:
    """Write all of them, whole or not at all. Raises `MaterialError`."""
    path = path or places.corrections()
    name = printable(str(path))
    form = {_MARK: VERSION, "files": {key: _json(files[key]) for key in sorted(files)}}
    try:
        text = json.dumps(form, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        _parse(text, name)
    except ValueError as error:
        raise MaterialError(
            f"{name} was left as it was: what was chosen could not be read again."
        ) from error
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_text(text, "utf-8")
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise MaterialError(f"{name} cannot be written: {error.strerror or error}.") from error


def _json(settings: FileSettings) -> dict[str, Any]:
    """Only what was chosen."""
    out: dict[str, Any] = {
        name: value
        for name in ("rule", "bpm", "beats", "start")
        if (value := getattr(settings, name)) not in ("", None)
    }
    if settings.drum_map:
        out["drum_map"] = json.loads(map_files.to_json(settings.drum_map))
    if settings.grid:
        out["grid"] = [settings.grid.steps_per_beat, settings.grid.beats]
    if settings.lanes:
        out["lanes"] = {str(onset): sorted(ids) for onset, ids in settings.lanes.items()}
    return out


def _settings(raw: Mapping[str, Any]) -> FileSettings:
    drum_map = raw.get("drum_map")
    rule = raw.get("rule", "")
    if rule not in ("", *RULES):
        raise ValueError(f"no rule {rule!r}")
    lanes = {int(onset): frozenset(ids) for onset, ids in raw.get("lanes", {}).items()}
    if not all(ids <= LANE_INDEX.keys() for ids in lanes.values()):
        raise ValueError("no such lane")
    return FileSettings(
        rule=rule,
        drum_map=None if drum_map is None else map_files.from_json(json.dumps(drum_map)),
        grid=_grid(raw.get("grid")),
        bpm=_number(raw.get("bpm")),
        beats=_number(raw.get("beats")),
        start=_number(raw.get("start")),
        lanes=lanes,
    )


def _grid(raw: Any) -> Grid | None:
    if raw is None:
        return None
    steps, beats = raw
    grid = Grid(int(steps), int(beats))
    if grid.steps_per_beat < 1 or grid.beats < 1 or grid.steps > MAX_STEPS:
        raise ValueError("no grid")
    return grid


def _number(raw: Any) -> float | None:
    if raw is None:
        return None
    value = float(raw)
    if not math.isfinite(value):
        raise ValueError("no number")
    return value


def _key(key: str) -> str:
    if len(key) != 64 or not set(key) <= set(string.hexdigits.lower()):
        raise ValueError("no SHA-256")
    return key

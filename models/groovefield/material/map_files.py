"""Drum maps that a person edited, as small JSON files.

The form: ``{"groovefield drum map": 1, "name": "My kit", "notes": {"36": "kick", "38": "snare"}}``;
a note that is missing is no drum of the map. It is read whole and checked before it is used.
"""

from __future__ import annotations

import json
from pathlib import Path

from groovefield.files import read_ordinary
from groovefield.lanes import LANE_INDEX, LANES
from groovefield.material.drum_maps import MAPS, DrumMap
from groovefield.material.notes import MaterialError, printable

VERSION = 1
_MARK = "groovefield drum map"
_MOST_BYTES = 65_536
_LONGEST_NAME = 64


def to_json(drum_map: DrumMap) -> str:
    """A map as the text of its file."""
    notes = {str(note): drum_map.lanes[note] for note in sorted(drum_map.lanes)}
    form = {_MARK: VERSION, "name": drum_map.name, "notes": notes}
    return json.dumps(form, indent=2, ensure_ascii=False)


def from_json(text: str, name: str = "The drum map") -> DrumMap:
    """The map of a text; ``name`` is what sentences call it. Raises `MaterialError`."""
    try:
        raw = json.loads(text, object_pairs_hook=_no_doubles)
    except (ValueError, RecursionError) as error:
        raise MaterialError(f"{name} is not readable JSON: {error}.") from None
    if not isinstance(raw, dict) or _MARK not in raw:
        raise MaterialError(f'{name} is no drum map: it lacks "{_MARK}".')
    if raw[_MARK] != VERSION:
        raise MaterialError(f"{name} has form {raw[_MARK]!r}; this program reads form {VERSION}.")
    title, notes = raw.get("name"), raw.get("notes")
    if not isinstance(title, str) or not 0 < len(title) <= _LONGEST_NAME or not title.isprintable():
        raise MaterialError(f"{name} needs a name of 1 to {_LONGEST_NAME} printable characters.")
    if not isinstance(notes, dict) or not notes:
        raise MaterialError(f'{name} has no "notes": an object of MIDI notes and lanes.')
    return DrumMap(title, {_note(key, name): _lane(key, lane, name) for key, lane in notes.items()})


def load_map(path: Path | str) -> DrumMap:
    """Read a map. Raises `MaterialError`."""
    path = Path(path)
    name = printable(path.name)
    try:
        text = read_ordinary(path, _MOST_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise MaterialError(f"{name} is no drum map: it is not text in UTF-8.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MaterialError(f"{name} cannot be read: {reason}.") from error
    return from_json(text, name)


def named_map(word: str) -> DrumMap:
    """A map by its word (``gm``, ``td-11``, ``drum-rack``) or its file. Raises `MaterialError`."""
    if word in MAPS:
        return MAPS[word]
    if not Path(word).exists():
        raise MaterialError(f"{word!r} is neither a drum map ({', '.join(MAPS)}) nor a file.")
    return load_map(word)


def _no_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"{key!r} is there twice")
    return dict(pairs)


def _note(key: str, name: str) -> int:
    if not (key.isascii() and key.isdigit() and len(key) <= 3 and int(key) <= 127):
        raise MaterialError(f"{name}: {key!r} is no MIDI note (0 to 127).")
    return int(key)


def _lane(key: str, lane: object, name: str) -> str:
    if not isinstance(lane, str) or lane not in LANE_INDEX:
        lanes = ", ".join(each.id for each in LANES)
        raise MaterialError(f"{name}: note {key} is mapped to {lane!r}; the lanes are {lanes}.")
    return lane

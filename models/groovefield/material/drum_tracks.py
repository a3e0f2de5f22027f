"""Which notes of a MIDI file are its drums, and by which rule that was found.

Channel 10 holds the drums by convention. A file without it may name its drum tracks, and a clip
of a drum rack is all drums on channel 1 with no name at all. The rule is part of what is read,
so that a person sees it and can choose another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from groovefield.material.drum_maps import DrumMap, map_for_notes
from groovefield.material.notes import ALL_NOTES, MaterialError, MidiDrums, printable

CHANNEL, NAMES, ALL = "channel 10", "track names", ALL_NOTES
RULES = (CHANNEL, NAMES, ALL)
"""The rules, in the order they are tried."""

_MOST = 0.5
"""All notes are drums if more than this share of them is in the map."""

_PERCUSSIVE_PROGRAMS = range(112, 120)
"""General MIDI's percussive instruments, counted from 0."""

_DRUM_WORDS = (
    "drum", "drums", "drumkit", "drumset", "kit", "perc", "percs", "percussion", "kick", "kicks",
    "bd", "snare", "snares", "hat", "hats", "hihat", "hihats", "hh", "cymbal", "cymbals", "tom",
    "toms", "clap", "claps", "rim", "rimshot", "ride", "crash", "conga", "congas", "bongo",
    "bongos", "shaker", "cajon", "schlagzeug", "trommel", "trommeln", "batterie", "schlagwerk",
    "batería", "bateria", "batteria", "percusión", "perkusja", "perkusia", "ударные", "барабан",
    "барабаны", "перкуссия",
)  # fmt: skip
_DRUM_PARTS = ("drum", "percus", "ドラム", "鼓", "드럼", "타악", "打楽器", "打击乐")
"""Such a part makes any name a drum track's: scripts without spaces, compounds."""

_NOT_DRUMS = re.compile(r"steel\s*drum|(drum\s*(and|'?n'?|&)\s*)bass|melodic", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Track:
    """The notes of one track and channel: (notes,) arrays. ``program`` counts from 0."""

    name: str
    drum_channel: bool
    program: int
    tick: NDArray[np.int64]
    note: NDArray[np.int64]
    velocity: NDArray[np.int64]


@dataclass(frozen=True)
class MidiFile:
    """A parsed file, every track of it that holds notes; tempos and metres as in `MidiDrums`."""

    path: Path
    ticks_per_beat: int
    tracks: tuple[Track, ...]
    tempos: tuple[tuple[int, float], ...]
    metres: tuple[tuple[int, int, int], ...]


def find_drums(file: MidiFile, rule: str = "", drum_map: DrumMap | None = None) -> MidiDrums:
    """The drum notes of a file, by the first rule of `RULES` that applies, or by the one given.

    ``drum_map`` is the active map; None chooses one by the notes. Raises `MaterialError` when
    the rule finds nothing, or no rule does.
    """
    if rule not in ("", *RULES):
        raise MaterialError(f"There is no rule {rule!r} for finding drums: {', '.join(RULES)}.")
    name = printable(file.path.name)
    on_channel = [t for t in file.tracks if t.drum_channel]
    named = [t for t in file.tracks if _named_like_drums(t.name)]
    if rule == ALL:
        return _drums(file, file.tracks, ALL)
    if rule == CHANNEL and not on_channel:
        raise MaterialError(f"{name} has no notes on the drum channel (10).")
    if rule == NAMES and not named:
        raise MaterialError(f"{name} has no track that is named like drums.")
    if on_channel and rule != NAMES:
        return _drums(file, on_channel, CHANNEL)
    if named:
        return _drums(file, named, NAMES)
    return _drums(file, _all_if_drums(name, file.tracks, drum_map), ALL)


def _all_if_drums(name: str, tracks: Sequence[Track], drum_map: DrumMap | None) -> Sequence[Track]:
    lacks = f"{name} has no notes on the drum channel (10), no track named like drums,"
    # A track that asks for a piano or a bass is none, though its notes are in the map's range.
    played = sum(len(t.note) for t in tracks if not _may_be_drums(t))
    count = sum(len(t.note) for t in tracks)
    if 2 * played > count:
        raise MaterialError(f"{lacks} and most of its notes are for other instruments.")
    note = np.concatenate([t.note for t in tracks])
    known = ((drum_map or map_for_notes(note, False)).lane_numbers()[note] >= 0).mean()
    if known <= _MOST:
        raise MaterialError(f"{lacks} and the notes it has are not drums.")
    return tracks


def _may_be_drums(track: Track) -> bool:
    return track.program == 0 or track.program in _PERCUSSIVE_PROGRAMS


def _named_like_drums(name: str) -> bool:
    name = name.casefold()
    if _NOT_DRUMS.search(name):
        return False
    words = _WORD.findall(name.replace("hi-hat", "hihat").replace("hi hat", "hihat"))
    return any(w in _DRUM_WORDS for w in words) or any(p in name for p in _DRUM_PARTS)


def _drums(file: MidiFile, tracks: Sequence[Track], rule: str) -> MidiDrums:
    tick, note, velocity = (
        np.concatenate([getattr(t, key) for t in tracks]) for key in ("tick", "note", "velocity")
    )
    order = np.argsort(tick, kind="stable")
    return MidiDrums(
        path=file.path,
        ticks_per_beat=file.ticks_per_beat,
        tick=tick[order],
        note=note[order],
        velocity=velocity[order],
        tempos=file.tempos,
        metres=file.metres,
        rule=rule,
    )

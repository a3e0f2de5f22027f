"""Standard MIDI Files in: the bytes checked, parsed, and their drums found.

symusic parses. What it would take for something else, or in silence, is looked at first: chunks
that are cut short, a header of another length, sequences of type 2, time in film frames.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import symusic
from numpy.typing import NDArray

from groovefield.files import read_ordinary
from groovefield.material.cut import Windows, hits_key, hits_windows
from groovefield.material.drum_maps import DrumMap
from groovefield.material.drum_tracks import MidiFile, Track, find_drums
from groovefield.material.notes import MaterialError, MidiDrums, printable

MAX_FILE_BYTES = 32 * 1024 * 1024
"""No groove is this long; a file above it is something else under the name of one."""

_HEADER = 14
_MOST_DENOMINATOR = 64

__all__ = [
    "MaterialError",
    "MidiDrums",
    "Windows",
    "hits_key",
    "hits_windows",
    "parse_midi",
    "read_bytes",
    "read_midi",
]


def read_midi(path: Path | str, rule: str = "", drum_map: DrumMap | None = None) -> MidiDrums:
    """Read the drums of a Standard MIDI File, type 0 or 1.

    `groovefield.material.drum_tracks.find_drums` says which notes are the drums, and the result
    says by which rule. A note counts when it has its note-off: the parser gives no other (one
    of the 376,326 of the Groove MIDI Dataset has none). Raises `MaterialError`.
    """
    path = Path(path)
    return find_drums(parse_midi(path, read_bytes(path)), rule, drum_map)


def read_bytes(path: Path, most: int = MAX_FILE_BYTES) -> bytes:
    """What an ordinary file of a bearable size holds, if anything. Raises `MaterialError`."""
    name = printable(path.name)
    try:
        data = read_ordinary(path, most)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MaterialError(f"{name} cannot be read: {reason}.") from error
    if not data:
        raise MaterialError(f"{name} is empty.")
    return data


def parse_midi(path: Path, data: bytes) -> MidiFile:
    """Parse the content of a file; ``path`` only names it. Raises `MaterialError`."""
    name = printable(path.name)
    plain = _plain(name, data)
    try:
        score: Any = symusic.Score.from_midi(plain)
    except Exception as error:  # the parser raises RuntimeError and std exceptions alike
        raise MaterialError(f"{name} is a broken MIDI file: {_reason(error)}.") from error
    # A tempo of nothing a beat is kept as the fastest there is: no window at it will be used.
    tempos = [(int(t.time), 6e7 / max(1, int(t.mspq))) for t in score.tempos if t.time >= 0]
    metres = [
        (int(m.time), int(m.numerator), int(m.denominator))
        for m in score.time_signatures
        if m.time >= 0 and m.numerator > 0 and 0 < m.denominator <= _MOST_DENOMINATOR
    ]
    return MidiFile(
        path=path,
        ticks_per_beat=int(score.ticks_per_quarter),
        tracks=_tracks(name, score),
        tempos=_from_zero(tempos, (120.0,)),
        metres=_from_zero(metres, (4, 4)),
    )


def _plain(name: str, data: bytes) -> bytes:
    """The header in its six bytes and the tracks, nothing else.

    Chunks of other kinds and what follows the last track are left out, as the standard asks.
    Refuses what is not a MIDI file of type 0 or 1.
    """
    if not data:
        raise MaterialError(f"{name} is empty.")
    if data[:4] != b"MThd":
        raise MaterialError(f"{name} is not a MIDI file, whatever its name says.")
    if len(data) < _HEADER:
        raise MaterialError(f"{name} is a broken MIDI file: its header is cut short.")
    length, kind, _, division = struct.unpack(">IHHH", data[4:_HEADER])
    if kind > 1:
        raise MaterialError(
            f"{name} is a type {kind} MIDI file (unrelated sequences); only types 0 and 1 are read."
        )
    if division == 0:
        raise MaterialError(f"{name} is a broken MIDI file: its beats have no ticks.")
    if division & 0x8000:
        raise MaterialError(f"{name} counts time in film frames, not in beats.")
    if length < 6:
        raise MaterialError(f"{name} is a broken MIDI file: its header is cut short.")
    tracks: list[bytes] = []
    place = 8 + length
    while place + 8 <= len(data):
        size = int.from_bytes(data[place + 4 : place + 8], "big")
        if data[place : place + 4] == b"MTrk":
            have = len(data) - place - 8
            if size > have:
                raise MaterialError(
                    f"{name} is a broken MIDI file: its track {len(tracks) + 1} is cut short "
                    f"({have} of {size} bytes)."
                )
            tracks.append(data[place : place + 8 + size])
        place += 8 + size
    if not tracks:
        raise MaterialError(f"{name} is a broken MIDI file: it has no track.")
    # A header that counts wrong is mended: what is in the file decides.
    several = kind if len(tracks) == 1 else 1
    return struct.pack(">4sIHHH", b"MThd", 6, several, len(tracks), division) + b"".join(tracks)


def _tracks(name: str, score: Any) -> tuple[Track, ...]:
    """The tracks that hold a note that sounds; a track of several channels is several."""
    found = [track for track in score.tracks if len(track.notes) > 0]
    if not found:
        raise MaterialError(f"{name} holds no notes (a note is a note-on with its note-off).")
    tracks = []
    for track in found:
        notes = track.notes.numpy()
        tick, note, velocity = (
            notes[key].astype(np.int64) for key in ("time", "pitch", "velocity")
        )
        sounds: NDArray[np.bool_] = (
            (velocity > 0) & (velocity < 128) & (note >= 0) & (note < 128) & (tick >= 0)
        )
        if sounds.any():
            tracks.append(
                Track(
                    name=str(track.name),
                    drum_channel=bool(track.is_drum),
                    program=int(track.program),
                    tick=tick[sounds],
                    note=note[sounds],
                    velocity=velocity[sounds],
                )
            )
    if not tracks:
        raise MaterialError(f"{name} holds no notes that sound.")
    return tuple(tracks)


def _from_zero(events: list[Any], default: tuple[Any, ...]) -> tuple[Any, ...]:
    """Events in time order, the last at each tick, the first one moved or set to tick 0."""
    latest = {event[0]: event for event in sorted(events, key=lambda event: event[0])}
    ordered = [latest[tick] for tick in sorted(latest)]
    if not ordered or ordered[0][0] > 0:
        ordered.insert(0, (0, *default))
    return tuple(ordered)


def _reason(error: Exception) -> str:
    text = str(error).removeprefix("MiniMidi: ").removesuffix(": iostream error").strip(" .!")
    return printable(text[:1].lower() + text[1:])[:160] if text else type(error).__name__

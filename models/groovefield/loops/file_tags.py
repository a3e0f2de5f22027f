"""What a file says of its own tempo: in its chunks, in its tags, in its name."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutagen

LOWEST_BPM, HIGHEST_BPM = 30.0, 300.0
"""A tempo outside is taken for something else."""

_MOST_CHUNKS = 1_000
_LONGEST_CHUNK = 4_096
_ONE_SHOT = 0x01
_NUMBER = r"(\d{2,3}(?:[.,]\d{1,3})?)"
_NAMED_BPM = re.compile(rf"(?<![\d.,]){_NUMBER}[\s_-]*bpm|bpm[\s_-]*{_NUMBER}(?!\d)", re.I)
_BARE_NUMBER = re.compile(rf"(?<![\w.,#]){_NUMBER}(?![\w,#]|\.\d)")
_NAMED_BEATS = re.compile(r"(?<![\d.,])(\d{1,2})[\s_-]*beats?(?![a-z])", re.I)
_NAMED_BARS = re.compile(r"(?<![\d.,])(\d{1,2})[\s_-]*bars?(?![a-z])", re.I)


@dataclass(frozen=True)
class Stated:
    """A tempo or a number of beats that a file states, and where. 0 is "not stated"."""

    bpm: float = 0.0
    beats: float = 0.0
    where: str = ""


def stated_in_file(path: Path) -> Stated:
    """The file's own word: loop chunks of WAV and AIFF first, then text tags."""
    for found in (_chunk_word(path), _tag_word(path)):
        if found.bpm or found.beats:
            return found
    return Stated()


def stated_in_name(name: str) -> tuple[Stated, list[float]]:
    """What a file's name says with words, and bare numbers that could be tempos.

    ``"amen 136bpm"`` states a tempo; in ``"loop_97_a"`` 97 is only a candidate, to be taken
    if the file's length agrees.
    """
    stem = Path(name).stem.replace("_", " ")
    beats = 0.0
    if match := _NAMED_BEATS.search(stem):
        beats = float(match[1])
    elif match := _NAMED_BARS.search(stem):
        beats = 4 * float(match[1])
    if match := _NAMED_BPM.search(stem):
        bpm = _number(match[1] or match[2])
        if LOWEST_BPM <= bpm <= HIGHEST_BPM:
            return Stated(bpm, beats, "its name"), []
    bare = [_number(m[1]) for m in _BARE_NUMBER.finditer(stem)]
    likely = [bpm for bpm in bare if LOWEST_BPM <= bpm <= HIGHEST_BPM]
    return Stated(0.0, beats, "its name" if beats else ""), likely


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _chunk_word(path: Path) -> Stated:
    try:
        for kind, data in _chunks(path):
            if kind == b"acid" and len(data) >= 24:
                # flags, root note, two unknown, beats, metre (denominator, numerator), tempo
                flags, _, _, _, beats, _, _, bpm = struct.unpack("<IHHfIHHf", data[:24])
                if not flags & _ONE_SHOT:
                    return _sensible(bpm, beats, "its acid chunk")
            if kind == b"basc" and len(data) >= 8:
                beats = struct.unpack(">I", data[4:8])[0]
                return _sensible(0.0, beats, "its Apple Loops chunk")
    except (OSError, struct.error):
        pass
    return Stated()


def _sensible(bpm: float, beats: float, where: str) -> Stated:
    bpm = bpm if LOWEST_BPM <= bpm <= HIGHEST_BPM else 0.0
    beats = beats if 0 < beats <= 512 else 0
    return Stated(float(bpm), float(beats), where)


def _chunks(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a RIFF or an IFF file, each with its first bytes."""
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            length = "<I"
        elif head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
            length = ">I"
        else:
            return
        for _ in range(_MOST_CHUNKS):
            top = file.read(8)
            if len(top) < 8:
                return
            size = struct.unpack(length, top[4:])[0]
            data = file.read(min(size, _LONGEST_CHUNK))
            yield top[:4], data
            file.seek(size - len(data) + size % 2, 1)


def _tag_word(path: Path) -> Stated:
    try:
        tags: Any = mutagen.File(str(path))
        tags = tags.tags if tags is not None else None
        if not tags:
            return Stated()
        for key in ("TBPM", "bpm", "tempo", "BPM", "TEMPO"):
            if key in tags:
                value = tags[key]
                text = str(value[0] if isinstance(value, list) else value)
                bpm = float(text.split()[0].replace(",", "."))
                if LOWEST_BPM <= bpm <= HIGHEST_BPM:
                    return Stated(bpm, 0.0, "its tags")
    except Exception:  # a broken tag of a file that plays is no reason to refuse it
        return Stated()
    return Stated()

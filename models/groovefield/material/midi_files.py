"""Standard MIDI Files in, windows of a grid out.

A window is a whole number of bars, begins on a bar line of the file's own metre, and holds
`groovefield.pattern.Hits`. Positions are counted in ticks from the bar line, never in seconds,
so a groove played along a tempo curve keeps its place on the grid and only its micro-timing
remains as offset.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import symusic
from numpy.typing import NDArray

from groovefield.lanes import LANES
from groovefield.material.drum_maps import DrumMap, map_for_notes
from groovefield.pattern import Grid, Hits

MAX_FILE_BYTES = 32 * 1024 * 1024
"""No groove is this long; a file above it is something else under the name of one."""

MAX_FILE_STEPS = 200_000
"""Seven hours of sixteenths: a note beyond is a broken time, and would ask for its memory."""

_DRUM_SHARE_OFF_CHANNEL_10 = 0.9
"""A file with nothing on channel 10 counts as drums if this share of its notes is on a map."""


class MaterialError(ValueError):
    """Material that cannot be used; the message is a sentence naming it and the reason."""


@dataclass(frozen=True)
class MidiDrums:
    """The drum notes of one file, in time order.

    ``tick``, ``note`` and ``velocity`` (1..127) are (notes,) arrays. ``tempos`` holds
    (tick, bpm in quarter notes), ``metres`` (tick, numerator, denominator); both begin at
    tick 0 and are never empty.
    """

    path: Path
    ticks_per_beat: int
    tick: NDArray[np.int64]
    note: NDArray[np.int64]
    velocity: NDArray[np.int64]
    tempos: tuple[tuple[int, float], ...]
    metres: tuple[tuple[int, int, int], ...]

    @cached_property
    def _tempo_map(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Ticks where a tempo begins, the seconds passed there, seconds a tick from there."""
        tick = np.array([tick for tick, _ in self.tempos], dtype=np.float64)
        pace = np.array([60.0 / bpm / self.ticks_per_beat for _, bpm in self.tempos])
        passed = np.concatenate([[0.0], np.cumsum(np.diff(tick) * pace[:-1])])
        return tick, passed, pace

    def seconds(self, tick: float) -> float:
        """Time of a tick along the file's tempo map."""
        begin, passed, pace = self._tempo_map
        i = max(0, int(np.searchsorted(begin, tick, side="right")) - 1)
        return float(passed[i] + (tick - begin[i]) * pace[i])


@dataclass
class Windows:
    """The windows of one file, and what was counted on the way.

    ``unmapped`` counts notes with no lane by MIDI note; ``doubled`` hits that lay in the
    cell of a louder one; ``outside`` hits before the first whole bar or after the last;
    ``repeats`` windows left out because an equal one is kept; ``sparse`` windows left out
    because a bar in them is empty; ``other_metre`` bars whose metre does not fill the grid.
    """

    hits: list[Hits] = field(default_factory=list)
    notes: int = 0
    unmapped: Counter[int] = field(default_factory=Counter)
    doubled: int = 0
    outside: int = 0
    repeats: int = 0
    sparse: int = 0
    other_metre: int = 0
    metres: set[str] = field(default_factory=set)


def read_midi(path: Path | str) -> MidiDrums:
    """Read the drums of a Standard MIDI File, type 0 or 1.

    The drums are the notes of channel 10; if that has none, the file is taken as a drum file
    on another channel when nearly all of its notes are drums. A note counts when it has its
    note-off: the parser gives no other (one of the 376,326 of the Groove MIDI Dataset has
    none). Raises `MaterialError`.
    """
    path = Path(path)
    _check_header(path)
    try:
        score: Any = symusic.Score(str(path))
    except Exception as error:  # the parser raises RuntimeError and std exceptions alike
        raise MaterialError(f"{path.name} is a broken MIDI file: {_reason(error)}.") from error
    tick, note, velocity = _drum_notes(path, score)
    order = np.argsort(tick, kind="stable")
    tempos = [(int(t.time), 6e7 / t.mspq) for t in score.tempos if t.mspq > 0]
    metres = [
        (int(m.time), int(m.numerator), int(m.denominator))
        for m in score.time_signatures
        if m.numerator > 0 and m.denominator > 0
    ]
    return MidiDrums(
        path=path,
        ticks_per_beat=int(score.ticks_per_quarter),
        tick=tick[order],
        note=note[order],
        velocity=velocity[order],
        tempos=_from_zero(tempos, (120.0,)),
        metres=_from_zero(metres, (4, 4)),
    )


def hits_windows(
    drums: MidiDrums,
    grid: Grid | None = None,
    drum_map: DrumMap | None = None,
    *,
    whole_bars: bool = True,
    repeat_short: bool = False,
    tags: dict[str, Any] | None = None,
) -> Windows:
    """Cut a file into windows of a grid, one beginning at every bar.

    A note belongs to its nearest grid line (offset in half steps, [-1, 1)), so a hit just
    before a bar line is an early hit of that bar. With ``whole_bars`` a first bar that begins
    in its second half (a pick-up) and a last bar that stops in its first are not part of any
    window, and windows with an empty bar are left out. With ``repeat_short`` a file shorter
    than the grid is repeated until it fills it, if it does so exactly.
    """
    grid = grid or Grid()
    drum_map = drum_map or map_for_notes(drums.note)
    out = Windows(notes=len(drums.note))
    seen: set[bytes] = set()
    for stretch in _stretches(drums, drum_map, grid, out):
        for bar, velocity, offset in stretch.windows(grid, whole_bars, repeat_short, out):
            in_bars = (velocity > 0).reshape(len(LANES), -1, stretch.bar_steps).any(axis=(0, 2))
            if not (in_bars.all() if whole_bars else in_bars.any()):
                out.sparse += 1
                continue
            hits = Hits(
                velocity=velocity,
                offset=offset,
                grid=grid,
                bpm=_window_bpm(drums, stretch.tick_of_bar(bar, drums, grid), grid),
                name=f"{drums.path.stem}, bar {bar + 1}",
                tags={"file": drums.path.name, "bar": bar, **(tags or {})},
            )
            key = hits_key(hits)
            if key in seen:
                out.repeats += 1
            else:
                seen.add(key)
                out.hits.append(hits)
    return out


def hits_key(hits: Hits) -> bytes:
    """Equal for windows that are the same to a listener: cells, velocity, offset to 1/256."""
    velocity = np.round(hits.velocity * 127).astype(np.int16)
    offset = np.round(hits.offset * 256).astype(np.int16)
    return velocity.tobytes() + offset.tobytes()


@dataclass(frozen=True)
class _Stretch:
    """The drums of one metre: positions in steps from its first bar line, lanes, velocities.

    ``bars_to_next`` is how many whole bars there are before the metre changes.
    """

    start_tick: int
    bar_steps: int
    bars_to_next: float
    position: NDArray[np.float64]
    lane: NDArray[np.int64]
    velocity: NDArray[np.int64]

    def windows(
        self, grid: Grid, whole_bars: bool, repeat_short: bool, out: Windows
    ) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
        """The bar each window begins with, its velocity and its offset, (lanes, steps)."""
        first, last = self._bars(whole_bars)
        velocity, offset = self._cells(first, last, out)
        bars, window_bars = last - first, grid.steps // self.bar_steps
        if repeat_short and 0 < bars < window_bars and window_bars % bars == 0:
            times = (1, window_bars // bars)
            velocity, offset, bars = np.tile(velocity, times), np.tile(offset, times), window_bars
        for bar in range(bars - window_bars + 1):
            cells = slice(bar * self.bar_steps, bar * self.bar_steps + grid.steps)
            yield first + bar, velocity[:, cells].copy(), offset[:, cells].copy()

    def tick_of_bar(self, bar: int, drums: MidiDrums, grid: Grid) -> float:
        """Where a bar of this stretch begins in the file."""
        return self.start_tick + bar * self.bar_steps * drums.ticks_per_beat / grid.steps_per_beat

    def _bars(self, whole: bool) -> tuple[int, int]:
        """The first bar of the music and the one after its last."""
        nearest = np.floor(self.position + 0.5)
        first = int(nearest.min()) // self.bar_steps
        last = int(nearest.max()) // self.bar_steps + 1
        begins_late = nearest.min() - first * self.bar_steps > self.bar_steps / 2
        ends_early = nearest.max() - (last - 1) * self.bar_steps < self.bar_steps / 2
        if whole and ends_early and last - first > 1:
            last -= 1
        if whole and begins_late and last - first > 1:
            first += 1
        return first, int(min(last, self.bars_to_next))

    def _cells(
        self, first: int, last: int, out: Windows
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Velocity and offset from bar `first` to bar `last`, (lanes, steps of those bars)."""
        steps = max(0, last - first) * self.bar_steps
        nearest = np.floor(self.position + 0.5).astype(np.int64)
        step = nearest - first * self.bar_steps
        inside = (step >= 0) & (step < steps)
        # Quietest first, so that what is written last in a cell is the loudest.
        order = np.flatnonzero(inside)[np.argsort(self.velocity[inside], kind="stable")]
        cell = (self.lane[order], step[order])
        velocity = np.zeros((len(LANES), steps), dtype=np.float32)
        offset = np.zeros_like(velocity)
        velocity[cell] = self.velocity[order] / 127.0
        offset[cell] = 2.0 * (self.position[order] - nearest[order])
        out.outside += int((~inside).sum())
        out.doubled += int(inside.sum() - np.count_nonzero(velocity))
        return velocity, offset


def _stretches(drums: MidiDrums, drum_map: DrumMap, grid: Grid, out: Windows) -> Iterator[_Stretch]:
    """The file's stretches of one metre whose bars fill the grid; the rest is counted."""
    lanes = drum_map.lane_numbers()[drums.note]
    out.unmapped.update(drums.note[lanes < 0].tolist())
    step_ticks = drums.ticks_per_beat / grid.steps_per_beat
    # A stretch begins half a step early: an early first hit is its own.
    begins = [start - step_ticks / 2 for start, _, _ in drums.metres[1:]]
    for (start, numerator, denominator), begin, end in zip(
        drums.metres, [-step_ticks / 2, *begins], [*begins, np.inf], strict=True
    ):
        inside = (lanes >= 0) & (drums.tick >= begin) & (drums.tick < end)
        if not inside.any():
            continue
        out.metres.add(f"{numerator}/{denominator}")
        position = (drums.tick[inside] - start) / step_ticks
        if position.max() > MAX_FILE_STEPS:
            raise MaterialError(
                f"{drums.path.name} is too long for a groove: {position.max():.0f} steps, at most "
                f"{MAX_FILE_STEPS} are read."
            )
        bar_steps = Fraction(numerator * 4 * grid.steps_per_beat, denominator)
        if bar_steps.denominator != 1 or grid.steps % bar_steps != 0:
            out.other_metre += int(np.ceil((position.max() + 0.5) / float(bar_steps)))
            continue
        yield _Stretch(
            start_tick=start,
            bar_steps=int(bar_steps),
            bars_to_next=np.floor((end - begin) / step_ticks / int(bar_steps) + 1e-6),
            position=position,
            lane=lanes[inside],
            velocity=drums.velocity[inside],
        )


def _window_bpm(drums: MidiDrums, start_tick: float, grid: Grid) -> float:
    """Mean tempo of a window: its beats over the time they take."""
    end_tick = start_tick + grid.beats * drums.ticks_per_beat
    return float(grid.beats * 60.0 / (drums.seconds(end_tick) - drums.seconds(start_tick)))


def _check_header(path: Path) -> None:
    """Refuse what is not a MIDI file of type 0 or 1 before a parser sees it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(14)
    except OSError as error:
        raise MaterialError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if size == 0:
        raise MaterialError(f"{path.name} is empty.")
    if size > MAX_FILE_BYTES:
        raise MaterialError(
            f"{path.name} is too long for a groove: {size / 2**20:.0f} MB, at most "
            f"{MAX_FILE_BYTES // 2**20} MB are read."
        )
    if head[:4] != b"MThd":
        raise MaterialError(f"{path.name} is not a MIDI file, whatever its name says.")
    if len(head) < 14:
        raise MaterialError(f"{path.name} is a broken MIDI file: its header is cut short.")
    kind = int.from_bytes(head[8:10], "big")
    if kind > 1:
        raise MaterialError(
            f"{path.name} is a type {kind} MIDI file (unrelated sequences); only types 0 and 1 "
            "are read."
        )
    if head[12] & 0x80 or head[12:14] == b"\0\0":
        raise MaterialError(f"{path.name} counts time in film frames, not in beats.")


def _drum_notes(
    path: Path, score: Any
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Tick, note and velocity of the drums of a parsed file, not yet in order."""
    tracks = [track for track in score.tracks if len(track.notes) > 0]
    if not tracks:
        raise MaterialError(f"{path.name} holds no notes (a note is a note-on with its note-off).")
    drums = [track for track in tracks if track.is_drum]
    arrays = [track.notes.numpy() for track in drums or tracks]
    tick, note, velocity = (
        np.concatenate([a[key] for a in arrays]).astype(np.int64)
        for key in ("time", "pitch", "velocity")
    )
    if not drums:
        known = map_for_notes(note).lane_numbers()[note & 127] >= 0
        if known.mean() < _DRUM_SHARE_OFF_CHANNEL_10:
            raise MaterialError(
                f"{path.name} has no notes on the drum channel (10), and the notes it has are "
                "not drums."
            )
    sounding = (velocity > 0) & (velocity < 128) & (note >= 0) & (note < 128)
    if not sounding.any():
        raise MaterialError(f"{path.name} holds no notes that sound.")
    return tick[sounding], note[sounding], velocity[sounding]


def _from_zero(events: list[Any], default: tuple[Any, ...]) -> tuple[Any, ...]:
    """Events in time order, the last at each tick, the first one moved or set to tick 0."""
    latest = {event[0]: event for event in sorted(events, key=lambda event: event[0])}
    ordered = [latest[tick] for tick in sorted(latest)]
    if not ordered or ordered[0][0] > 0:
        ordered.insert(0, (0, *default))
    return tuple(ordered)


def _reason(error: Exception) -> str:
    text = str(error).removeprefix("MiniMidi: ").removesuffix(": iostream error").strip(" .!")
    return text[:1].lower() + text[1:] if text else type(error).__name__

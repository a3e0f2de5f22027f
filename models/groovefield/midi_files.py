"""Standard MIDI Files in, windows of a grid out.

A window is a whole number of bars, begins on a bar line of the file's own metre, and holds
`groovefield.pattern.Hits`. Positions are counted in ticks from the bar line, never in seconds,
so a groove played along a tempo curve keeps its place on the grid and only its micro-timing
remains as offset.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import symusic
from numpy.typing import NDArray

from groovefield.drum_maps import DrumMap, map_for_notes
from groovefield.lanes import LANES
from groovefield.pattern import Grid, Hits

MAX_FILE_BYTES = 32 * 1024 * 1024
"""No groove is this long; a file above it is something else under the name of one."""

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

    def seconds(self, tick: float) -> float:
        """Time of a tick along the file's tempo map."""
        passed = 0.0
        for i, (start, bpm) in enumerate(self.tempos):
            end = self.tempos[i + 1][0] if i + 1 < len(self.tempos) else float("inf")
            if tick <= start:
                break
            passed += (min(tick, end) - start) / self.ticks_per_beat * 60.0 / bpm
        return passed


@dataclass
class Windows:
    """The windows of one file, and what was counted on the way.

    ``unmapped`` counts notes with no lane by MIDI note; ``doubled`` hits that lay in the
    cell of a louder one; ``repeats`` windows left out because an equal one is kept; ``sparse``
    windows left out because a bar in them is empty; ``other_metre`` bars whose metre does not
    fill the grid.
    """

    hits: list[Hits] = field(default_factory=list)
    notes: int = 0
    unmapped: Counter[int] = field(default_factory=Counter)
    doubled: int = 0
    repeats: int = 0
    sparse: int = 0
    other_metre: int = 0
    metres: set[str] = field(default_factory=set)


def read_midi(path: Path | str) -> MidiDrums:
    """Read the drums of a Standard MIDI File, type 0 or 1.

    The drums are the notes of channel 10; if that has none, the file is taken as a drum file
    on another channel when nearly all of its notes are drums. Raises `MaterialError`.
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
    lanes = drum_map.lane_numbers()[drums.note]
    out.unmapped.update(drums.note[lanes < 0].tolist())
    known = lanes >= 0
    tick, lanes, velocity = drums.tick[known], lanes[known], drums.velocity[known]
    step_ticks = drums.ticks_per_beat / grid.steps_per_beat
    seen: set[bytes] = set()
    for i, (start, numerator, denominator) in enumerate(drums.metres):
        # A metre's stretch begins half a step early: an early first hit is its own.
        end = drums.metres[i + 1][0] if i + 1 < len(drums.metres) else np.inf
        inside = (tick >= start - step_ticks / 2) & (tick < end - step_ticks / 2)
        if not inside.any():
            continue
        out.metres.add(f"{numerator}/{denominator}")
        position = (tick[inside] - start) / step_ticks
        bar_steps = numerator * 4 / denominator * grid.steps_per_beat
        bars_here = (end - start) / step_ticks / bar_steps
        if grid.steps % bar_steps != 0:
            out.other_metre += int(np.ceil((position.max() + 0.5) / bar_steps))
            continue
        stretch = _Stretch(position, lanes[inside], velocity[inside], int(bar_steps))
        first, last = stretch.bars(whole_bars)
        last = min(last, int(np.floor(bars_here + 1e-6))) if np.isfinite(bars_here) else last
        velocities, offsets, doubled = stretch.cells(last)
        out.doubled += doubled
        starts, velocities, offsets = _window_starts(
            first, last, velocities, offsets, stretch.bar_steps, grid, repeat_short
        )
        for bar, begin in starts:
            cells = slice(begin, begin + grid.steps)
            hits = Hits(
                velocity=np.ascontiguousarray(velocities[:, cells]),
                offset=np.ascontiguousarray(offsets[:, cells]),
                grid=grid,
                bpm=_window_bpm(drums, start + bar * bar_steps * step_ticks, grid),
                name=f"{drums.path.stem}, bar {bar + 1}",
                tags={"file": drums.path.name, "bar": bar, **(tags or {})},
            )
            per_bar = hits.onset.reshape(len(LANES), -1, stretch.bar_steps).any(axis=(0, 2))
            if not (per_bar.all() if whole_bars else per_bar.any()):
                out.sparse += 1
                continue
            key = hits_key(hits)
            if key in seen:
                out.repeats += 1
                continue
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
    """Notes of one metre: positions in steps from its first bar line, lanes, velocities."""

    position: NDArray[np.float64]
    lane: NDArray[np.int64]
    velocity: NDArray[np.int64]
    bar_steps: int

    def bars(self, whole: bool) -> tuple[int, int]:
        """The first bar of the music and the one after its last."""
        step = np.floor(self.position + 0.5)
        first, last = int(step.min()) // self.bar_steps, int(step.max()) // self.bar_steps + 1
        if whole and step.min() - first * self.bar_steps > self.bar_steps / 2:
            first += 1
        if whole and step.max() - (last - 1) * self.bar_steps < self.bar_steps / 2:
            last -= 1
        return first, last

    def cells(self, bars: int) -> tuple[NDArray[np.float32], NDArray[np.float32], int]:
        """Velocity and offset as (lanes, bars x steps), and how many hits a louder one hid."""
        steps = max(0, bars) * self.bar_steps
        nearest = np.floor(self.position + 0.5).astype(np.int64)
        kept = nearest < steps
        # Quietest first, so that what is written last in a cell is the loudest.
        order = np.argsort(self.velocity[kept], kind="stable")
        lane, step = self.lane[kept][order], nearest[kept][order]
        velocity = np.zeros((len(LANES), steps), dtype=np.float32)
        offset = np.zeros_like(velocity)
        velocity[lane, step] = self.velocity[kept][order] / 127.0
        offset[lane, step] = 2.0 * (self.position[kept][order] - step)
        return velocity, offset, int(kept.sum() - np.count_nonzero(velocity))


def _window_starts(
    first: int,
    last: int,
    velocity: NDArray[np.float32],
    offset: NDArray[np.float32],
    bar_steps: int,
    grid: Grid,
    repeat_short: bool,
) -> tuple[list[tuple[int, int]], NDArray[np.float32], NDArray[np.float32]]:
    """(bar, first step) of each window, with the cells, repeated if the music is too short."""
    window_bars = grid.steps // bar_steps
    bars = last - first
    if repeat_short and 0 < bars < window_bars and window_bars % bars == 0:
        music = slice(first * bar_steps, last * bar_steps)
        times = (1, window_bars // bars)
        return [(first, 0)], np.tile(velocity[:, music], times), np.tile(offset[:, music], times)
    bars_that_begin_one = range(first, last - window_bars + 1)
    return [(bar, bar * bar_steps) for bar in bars_that_begin_one], velocity, offset


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
        raise MaterialError(f"{path.name} holds no notes.")
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

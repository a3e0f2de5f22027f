"""What the player is told in each block, and what it sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LANE_ROOM = 16
MELODY_LANE, DRUM_CHANNEL = 16, 10
SCALES: Mapping[str, tuple[int, ...]] = {
    "chromatic": tuple(range(12)),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
}
"""Semitones above the key."""


@dataclass(frozen=True)
class Play:
    """The parameters of one block, in the player's units (percent as 0..1, swing 0.5..0.75)."""

    position: tuple[float, ...] = (0.5,) * 8
    threshold: float = 0.5
    steps: int = 32
    groove: float = 1.0
    swing: float = 0.5
    velocity_amount: float = 1.0
    humanise: float = 0.0
    wander: float = 0.0
    seed: int = 0
    note_length: float = 0.5
    mute: tuple[bool, ...] = (False,) * LANE_ROOM
    density: tuple[float, ...] = (0.5,) * LANE_ROOM
    style: float = 0.0
    variation: float = 0.3
    motion: str = "off"
    motion_size: float = 1.0
    motion_speed: float = 1.0
    fill_bars: int = 0
    fill_amount: float = 1.0
    division: float = 0.0
    time: float = 1.0
    rotate: int = 0
    softest: int = 1
    change: str = "at once"
    transpose: int = 0


@dataclass(frozen=True)
class Edit:
    """What was done to a cell by hand; None leaves the pattern's.

    ``struck`` or silent, velocity 1..127, offset in half steps.
    """

    struck: bool | None = None
    velocity: int | None = None
    offset: float | None = None


@dataclass(frozen=True)
class Melody:
    """Note mode (``plugin/player/melody.h``): the rhythm of a lane, or of all, plays pitches.

    ``degrees`` of the scale, one for each step of the song from position 0 on, round and round;
    None is a rest. ``source`` a lane, None: any. ``octave`` 3 begins at middle C, note 60.
    ``note_length`` in steps, 0 the common one.
    """

    mode: str = "off"
    scale: str = "minor pentatonic"
    source: int | None = 0
    key: int = 0
    octave: int = 1
    channel: int = 1
    note_length: float = 0.0
    degrees: tuple[int | None, ...] = (0,)


@dataclass(frozen=True)
class Overlay:
    """What a musician laid over the field (``plugin/player/overlay.h``), on one grid.

    ``edits`` and ``takes`` by (lane, step); ``held`` by locked lane, a row of five numbers for
    each step in the order of `Pattern`'s arrays, probability 1 or 0. For each lane
    ``note_length`` (steps, 0 the common one), ``push`` (steps), ``steps`` (of its own cycle, 0
    the common number) and ``rotate`` (steps). ``path``: how far X and Y are from where the
    position is set, over ``path_beats``. ``points`` and ``fills``: places of eight numbers.
    ``melody``: what the rhythm plays beside the drums.
    """

    steps_per_beat: int = 4
    edits: Mapping[tuple[int, int], Edit] = field(default_factory=dict)
    takes: Mapping[tuple[int, int], int] = field(default_factory=dict)
    held: Mapping[int, Sequence[Sequence[float]]] = field(default_factory=dict)
    solo: frozenset[int] = frozenset()
    note_length: tuple[float, ...] = (0.0,) * LANE_ROOM
    push: tuple[float, ...] = (0.0,) * LANE_ROOM
    steps: tuple[int, ...] = (0,) * LANE_ROOM
    rotate: tuple[int, ...] = (0,) * LANE_ROOM
    path_beats: float = 0.0
    path: tuple[tuple[float, float], ...] = ()
    points_beats: float = 4.0
    points: tuple[tuple[float, ...], ...] = ()
    fills: tuple[tuple[float, ...], ...] = ()
    melody: Melody = Melody()


@dataclass(frozen=True)
class Block:
    """One block of the host: its transport and the parameters' values in it."""

    samples: int
    playing: bool = True
    position: float | None = 0.0
    bpm: float = 120.0
    loop: tuple[float, float] | None = None
    free_run: bool = False
    play: Play = Play()
    overlay: Overlay = Overlay()


@dataclass(frozen=True)
class Message:
    """A note on (velocity 1..127) or off (velocity 0) at a sample of a block."""

    block: int
    sample: int
    note: int
    velocity: int
    lane: int = -1
    grid_step: int = 0
    song_beats: float = 0.0
    channel: int = DRUM_CHANNEL

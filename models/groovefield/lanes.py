"""The drums, once: the order of the lanes, their notes out and the notes read in.

A *lane* is one drum. Every other part (datasets, the networks, model files, the
plugin's first lane table, the docs) takes the order and the notes from here.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_LANES = 16
"""Room for lanes in the shared memory layout and in the plugin."""

MELODY_LANE = MAX_LANES
"""What notes of the melody have in the place of a lane (``plugin/player/melody.h``)."""

MAX_STEPS = 128
"""Room for steps in the shared memory layout and in the plugin."""


@dataclass(frozen=True)
class Lane:
    """One drum: its stable ID, the name a person reads, its MIDI note out."""

    id: str
    name: str
    note: int


LANES: tuple[Lane, ...] = (
    Lane("kick", "Kick", 36),
    Lane("snare", "Snare", 38),
    Lane("closed_hat", "Closed hat", 42),
    Lane("open_hat", "Open hat", 46),
    Lane("low_tom", "Low tom", 43),
    Lane("mid_tom", "Mid tom", 47),
    Lane("high_tom", "High tom", 50),
    Lane("clap", "Clap", 39),
    Lane("rim", "Rim", 37),
    Lane("ride", "Ride", 51),
    Lane("crash", "Crash", 49),
)
"""The eleven lanes of the default model; the first nine are those of RhythmVAE."""

LANE_INDEX: dict[str, int] = {lane.id: i for i, lane in enumerate(LANES)}

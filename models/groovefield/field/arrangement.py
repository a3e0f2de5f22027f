"""Where the default model's styles live on the pad, and what its corners and centre play.

X goes from machines (0) to drummers (1), Y from straight (0) to broken and swung (1). The pull
is mild: a style would rather live near its home, and still goes where its patterns fit best.
Five windows are anchored, so that the first thing a musician hears is something to dance to and
the four corners are four styles:

    (0, 1) trap                       (1, 1) jazz
                  (0.5, 0.5) house
    (0, 0) techno                     (1, 0) rock
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from groovefield.field.windows import Arrangement
from groovefield.material.dataset import Material, default_material, load_gmd
from groovefield.material.midi_files import MaterialError

PULL = 40.0
"""Nats by which a window dislikes a place one pad's side away from its home."""

ANCHOR_PULL = 4000.0
"""An anchor is held within about a hundredth of the pad."""

ANCHOR_WEIGHT = 8.0

HOMES: dict[tuple[str, str], tuple[float, float]] = {
    ("electronic", "techno"): (0.05, 0.10),
    ("electronic", "house"): (0.35, 0.25),
    ("electronic", "disco"): (0.40, 0.10),
    ("electronic", "electro"): (0.10, 0.45),
    ("electronic", "garage"): (0.30, 0.45),
    ("electronic", "dembow"): (0.35, 0.60),
    ("electronic", "hip hop"): (0.35, 0.75),
    ("electronic", "footwork"): (0.10, 0.65),
    ("electronic", "trap"): (0.05, 0.95),
    ("electronic", "dubstep"): (0.10, 0.80),
    ("electronic", "drum and bass"): (0.25, 0.95),
    ("electronic", "breakbeat"): (0.30, 0.85),
    ("drum machine", "disco"): (0.45, 0.15),
    ("drum machine", "rock"): (0.60, 0.10),
    ("drum machine", "pop"): (0.60, 0.15),
    ("drum machine", "twist"): (0.60, 0.05),
    ("drum machine", "ballad"): (0.55, 0.25),
    ("drum machine", "ska"): (0.55, 0.35),
    ("drum machine", "rhythm & blues"): (0.55, 0.40),
    ("drum machine", "funk"): (0.50, 0.65),
    ("drum machine", "reggae"): (0.55, 0.75),
    ("drum machine", "afro-cuban"): (0.55, 0.90),
    ("drum machine", "bossa nova"): (0.60, 0.85),
    ("drum machine", "samba"): (0.55, 0.95),
    ("drum machine", "cha-cha"): (0.60, 0.90),
    ("gmd", "rock"): (0.90, 0.15),
    ("gmd", "punk"): (0.95, 0.05),
    ("gmd", "pop"): (0.80, 0.20),
    ("gmd", "country"): (0.80, 0.15),
    ("gmd", "blues"): (0.85, 0.40),
    ("gmd", "dance"): (0.60, 0.20),
    ("gmd", "soul"): (0.75, 0.40),
    ("gmd", "funk"): (0.75, 0.50),
    ("gmd", "hiphop"): (0.65, 0.50),
    ("gmd", "reggae"): (0.65, 0.70),
    ("gmd", "latin"): (0.80, 0.75),
    ("gmd", "neworleans"): (0.90, 0.65),
    ("gmd", "middleeastern"): (0.90, 0.60),
    ("gmd", "afrobeat"): (0.75, 0.90),
    ("gmd", "afrocuban"): (0.75, 0.85),
    ("gmd", "highlife"): (0.70, 0.90),
    ("gmd", "jazz"): (0.95, 0.95),
}
"""Source and style of a window -> its home (x, y)."""

ANCHORS: dict[tuple[float, float], tuple[str, str]] = {
    (0.5, 0.5): ("electronic", "house 2"),
    (0.0, 0.0): ("electronic", "techno 5"),
    (0.0, 1.0): ("electronic", "trap 3"),
    (1.0, 0.0): ("gmd", "7_rock_100_beat_4-4, bar 2"),
    (1.0, 1.0): ("gmd", "49_jazz_125_beat_4-4, bar 54"),
}
"""Place -> source and name of the window that it plays."""


def arrange(material: Material, latents: int = 2) -> Arrangement:
    """The wishes of the default material's windows.

    Raises:
        MaterialError: a window that should be anchored is not among them.
    """
    home = np.full((len(material), latents), 0.5, np.float32)
    pull = np.zeros((len(material), latents), np.float32)
    for i, tags in enumerate(material.tags):
        wish = HOMES.get((str(tags["source"]), str(tags["style"])))
        if wish is not None:
            home[i, :2], pull[i, :2] = wish, PULL
    anchors = []
    for place, wanted in ANCHORS.items():
        index = _window(material, *wanted)
        home[index, :2], pull[index, :2] = place, ANCHOR_PULL
        anchors.append(index)
    return Arrangement(home, pull, np.array(anchors, np.int64), ANCHOR_WEIGHT)


def _window(material: Material, source: str, name: str) -> int:
    for i, tags in enumerate(material.tags):
        if material.names[i] == name and tags["source"] == source:
            return i
    raise MaterialError(f"The window {name!r} of {source}, which the default field needs, is gone.")


def default_field(data_root: Path, latents: int = 2) -> tuple[Material, Material, Arrangement]:
    """What the default model is trained on, what is held back, and who lives where.

    Raises:
        MaterialError: the data is not there, or not what it was.
    """
    train = default_material(data_root)
    return train, load_gmd(data_root / "gmd", "validation"), arrange(train, latents)

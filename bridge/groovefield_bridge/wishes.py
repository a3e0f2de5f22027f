"""Asking a running plugin to move: a place for X and Y, which it takes as a movement of its own.

The plugin's message thread looks a few times a second, and oftener while wishes come. It moves
its parameters with a gesture, so a host records the movement; the gesture ends with the first wish
that is not held, or when no more come.
"""

from __future__ import annotations

import struct
import zlib

from groovefield_bridge.events import Instance
from groovefield_bridge.segment import Segment


class WishWriter:
    """The one who moves an instance. Another writer beside it does no harm: the last one wins."""

    def __init__(self, instance: Instance, segment: Segment | None = None) -> None:
        self.instance = instance
        self._segment = segment or Segment.open(instance.path)

    def move(self, x: float, y: float, held: bool = False) -> bool:
        """Wish for a place, 0..1 each; false if the instance is gone."""
        control = self._segment.controls[self.instance.slot]
        if not control["in_use"] or int(control["instance"]) != self.instance.number:
            return False
        x, y = (min(1.0, max(0.0, value)) for value in (x, y))
        wish = self._segment.slots[self.instance.slot]["wish"]
        seq = int(wish["seq"]) | 1
        wish["seq"] = seq
        wish["x"], wish["y"], wish["held"] = x, y, int(held)
        wish["checksum"] = zlib.crc32(struct.pack("<ffI", x, y, int(held)))
        wish["seq"] = (seq + 1) & 0xFFFF_FFFF_FFFF_FFFF
        return True

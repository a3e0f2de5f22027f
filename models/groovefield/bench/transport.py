"""The model process without its model: the same loop answers with a pattern that is there already.

``groovefield bench bridge`` starts it in place of ``groovefield.serve`` for the transport alone.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
from groovefield_bridge.segment import Segment
from groovefield_bridge.server import say_ready, serve

from groovefield.field.decoder import ARRAYS, Decoder, default_model
from groovefield.field.modelfile import load
from groovefield.pattern import Floats


class StoredPattern(Decoder):
    """A model that answers the pattern of the pad's middle, wherever it is asked."""

    def __init__(self) -> None:
        super().__init__(load(default_model()))
        self._stored = np.empty(ARRAYS * len(self.lanes) * self.grid.steps, np.float32)
        super().decode_into(np.full(8, 0.5, np.float32), self._stored)

    def decode_into(self, latent: Floats, out: Floats, style: float = 0.0) -> None:
        """Copies it."""
        out[: len(self._stored)] = self._stored


def main() -> int:
    """Serves until the other end closes the line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--segment", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    options = parser.parse_args()
    stored = StoredPattern()
    serve(Segment.open(options.segment), lambda _: stored, "transport alone", ready=say_ready)
    return 0


if __name__ == "__main__":
    main()
    os._exit(0)

"""The plugin's built-in field: 16 x 16 places of the default pad, so that it plays at once.

The file ``plugin/data/builtin_field.bin`` is made from the default model by
``groovefield builtin-field`` and committed. Little-endian, no padding:

    char    magic[4]         "GFBF"
    u32     version          2
    u32     side             16
    u32     lanes, steps, steps_per_beat
    u8      lane_note[16]
    char    lane_name[16][16]   UTF-8, zero-padded
    u8      places[side * side][5][lanes * steps]

Places go y by y, in each x by x, at i / 15. The five arrays of a place are probability * 255,
velocity * 255, (offset + 1) * 127.5 and the spreads of velocity and of offset * 255, each
rounded; a probability keeps its side of the threshold 0.5 (above it from 128 on).
"""

from __future__ import annotations

import argparse
import struct
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from groovefield.field.decoder import Decoder, default_model, load_decoder
from groovefield.field.modelfile import ModelFileError, write_whole
from groovefield.field.pad import places
from groovefield.lanes import MAX_LANES
from groovefield.pattern import Floats

MAGIC = b"GFBF"
VERSION = 2
SIDE = 16
NAME_BYTES = 16


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``groovefield builtin-field``."""
    parser.add_argument("--model", type=Path, default=default_model(), help="model file")
    parser.add_argument("--out", type=Path, required=True, help="file to write")


def run(arguments: argparse.Namespace) -> int:
    """Write the built-in field of a model."""
    try:
        data = builtin_field(load_decoder(arguments.model))
        write_whole(arguments.out, data)
    except (ModelFileError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{arguments.out} ({len(data)} bytes)")
    return 0


def _bytes(values: Floats, scale: float) -> NDArray[np.uint8]:
    return np.asarray(np.clip(np.round(values * scale), 0, 255), np.uint8)


def builtin_field(decoder: Decoder) -> bytes:
    """The bytes of the file; see the top of this module."""
    lanes, grid = decoder.lanes, decoder.grid
    patterns = decoder.decode_many(places(SIDE, decoder.latents))  # (256, 5, lanes, steps)
    probability = np.clip(np.round(patterns[:, 0] * 255), 0, 255)
    above = patterns[:, 0] > 0.5
    probability = np.where(above, np.maximum(probability, 128), np.minimum(probability, 127))
    arrays = (
        probability.astype(np.uint8),
        _bytes(patterns[:, 1], 255),
        _bytes(patterns[:, 2] + 1, 127.5),
        _bytes(patterns[:, 3], 255),
        _bytes(patterns[:, 4], 255),
    )
    notes = bytes(lane.note for lane in lanes).ljust(MAX_LANES, b"\0")
    names = b"".join(lane.name.encode()[:NAME_BYTES].ljust(NAME_BYTES, b"\0") for lane in lanes)
    return b"".join(
        (
            struct.pack("<4s5I", MAGIC, VERSION, SIDE, len(lanes), grid.steps, grid.steps_per_beat),
            notes,
            names.ljust(MAX_LANES * NAME_BYTES, b"\0"),
            np.stack(arrays, axis=1).tobytes(),
        )
    )

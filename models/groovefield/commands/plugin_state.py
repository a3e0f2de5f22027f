"""A state of the plugin that holds a model: how a bounce makes the plugin play another field.

Three layers: the plugin's own chunks (``plugin/processor/state.h``), JUCE's text of a VST3's
state, and JUCE's frame around such a text.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

STATE_VERSION = 1
_FRAME = 0x21324356
_DIGITS = ".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"


def state_with(portable: bytes) -> bytes:
    """What JUCE's hosts hand a VST3 as its state: Groovefield's, with a model's portable form."""
    return state_of({b"MODL": zlib.compress(portable)})


def state_of(chunks: Mapping[bytes, bytes]) -> bytes:
    """The same with these chunks, by their names of four letters."""
    own = struct.pack("<4sI", b"GFST", STATE_VERSION)
    for name, body in chunks.items():
        own += struct.pack("<4sII", name, len(body), zlib.crc32(body)) + body
    text = (
        '<?xml version="1.0" encoding="UTF-8"?> <VST3PluginState><IComponent>'
        f"{_juce_text(own)}</IComponent></VST3PluginState>"
    ).encode("ascii")
    return struct.pack("<II", _FRAME, len(text)) + text + b"\0"


def _juce_text(data: bytes) -> str:
    """Bytes as JUCE writes them: their number, a dot, then six bits a digit, lowest bits first."""
    digits = []
    for at in range(0, len(data), 3):
        group = data[at : at + 3]
        bits = int.from_bytes(group, "little")
        digits += [_DIGITS[bits >> shift & 63] for shift in range(0, 8 * len(group), 6)]
    return f"{len(data)}." + "".join(digits)

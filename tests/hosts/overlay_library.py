"""What is laid over the field, as a state of the plugin keeps it."""

from __future__ import annotations

import struct

from groovefield.reference import SCALES, Overlay


def written(overlay: Overlay, melody_level: float = 0.0) -> bytes:
    """As a state keeps it (plugin/processor/overlay_bytes.h); the level, in dB, is no note's."""
    edits = b"".join(
        struct.pack(
            "<BBBBh", lane, step, {None: 0, True: 1, False: 2}[e.struck], e.velocity or 0,
            -32768 if e.offset is None else round(e.offset * 32768),
        )
        for (lane, step), e in overlay.edits.items()
    )  # fmt: skip
    takes = b"".join(struct.pack("<BBH", *at, take) for at, take in overlay.takes.items())
    locks = b"".join(
        struct.pack("<BB", lane, len(cells)) + b"".join(struct.pack("<5f", *c) for c in cells)
        for lane, cells in overlay.held.items()
    )
    feel = struct.pack("<H", sum(1 << lane for lane in overlay.solo)) + b"".join(
        struct.pack("<2f", *both) for both in zip(overlay.note_length, overlay.push, strict=True)
    )
    cycles = b"".join(
        struct.pack("<2h", *both) for both in zip(overlay.steps, overlay.rotate, strict=True)
    )
    path = struct.pack("<d", overlay.path_beats or 4.0) + b"".join(
        struct.pack("<2f", *away) for away in overlay.path
    )
    points = struct.pack("<d", overlay.points_beats) + b"".join(
        struct.pack("<8f", *place) for place in overlay.points
    )
    m = overlay.melody
    melody = struct.pack(
        "<BBBBbBBBff32b", ("off", "beside", "instead").index(m.mode), list(SCALES).index(m.scale),
        255 if m.source is None else m.source, m.key, m.octave, m.channel, len(m.degrees), 0,
        m.note_length, melody_level, *((-128 if d is None else d) for d in m.degrees),
        *[0] * (32 - len(m.degrees)),
    )  # fmt: skip
    sections = {
        b"GRID": struct.pack("<I", overlay.steps_per_beat), b"EDIT": edits, b"TAKE": takes,
        b"LOCK": locks, b"FEEL": feel,
        b"CYCL": cycles if any(overlay.steps + overlay.rotate) else b"",
        b"PATH": path if overlay.path else b"",
        b"PNTS": points if overlay.points else b"", b"MELO": melody,
    }  # fmt: skip
    return b"".join(name + struct.pack("<I", len(b)) + b for name, b in sections.items() if b)

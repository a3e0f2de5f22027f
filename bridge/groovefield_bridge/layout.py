"""The shared memory, defined once.

The C++ twin ``bridge/shell/layout.h`` is generated from this file by
``python -m groovefield_bridge.generate``; both sides compare ``LAYOUT_HASH`` on attach.

One file is one loaded copy of the plugin: a header, the model process's status, a table
of 64 slot controls side by side (one page tells the model process who asks), and 64
slots, one for each instance. The file is sparse: the first pages are allocated when it is
made, a slot's when an instance claims it, and nobody touches a slot whose control is not in use
(on a full tmpfs that would be SIGBUS). Every number is little-endian and fixed in width,
every gap is an explicit field named ``pad...``, every structure has one writer, and
structures of different writers start at multiples of 64 bytes.

Counters never go back: a new instance in an old slot goes on from the request ID and the
event count that it finds there, so that nothing meant for the last one reaches it.

Sequence rule ("seq"): the writer makes it odd, writes, makes it even; a reader that
sees an odd number, or another one after copying than before, has torn data.

Version history: 1, the first; 2, the answer's checksum covers its id and status too; 3, a wish
where to go in each slot; 4, a style in each request.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

VERSION = 4
MAGIC = 0x444C464556524F47  # "GORVEFLD" as bytes; never changes, the version does
SLOTS = 64
REQUEST_PLACES = 4
"""Requests (and answers) in flight for one instance: place = id % 4."""
MAX_LATENTS = 8
MAX_LANES = 16
MAX_STEPS = 128
PATTERN_ARRAYS = 5
"""probability, velocity, offset, velocity spread, offset spread; packed in this order."""
PAGE = 4_096
"""Slots start at multiples of it, so that allocating one does not touch its neighbour."""
EVENTS = 65_536
PICTURE_SIDE = 64

_SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i32": 4, "i64": 8, "f32": 4, "f64": 8, "char": 1}
_NUMPY = {
    "u8": "u1", "u16": "<u2", "u32": "<u4", "u64": "<u8",
    "i32": "<i4", "i64": "<i8", "f32": "<f4", "f64": "<f8",
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One field: a name, a scalar type or another ``Struct``, how many, and what it means."""

    name: str
    type: str | Struct
    count: tuple[int, ...] = ()
    doc: str = ""

    @property
    def item_size(self) -> int:
        """Bytes of one of them."""
        return _SIZES[self.type] if isinstance(self.type, str) else self.type.size

    @property
    def alignment(self) -> int:
        """Bytes that its offset must be a multiple of."""
        return _SIZES[self.type] if isinstance(self.type, str) else self.type.alignment

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return self.item_size * prod(self.count)


@dataclass(frozen=True)
class Struct:
    """A plain structure without implicit padding; ``writer`` names the one side that writes it."""

    name: str
    writer: str
    fields: tuple[Field, ...]
    doc: str = ""

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Byte offset of each field.

        Raises:
            ValueError: a field is not aligned to its own size (padding must be explicit).
        """
        offset, result = 0, {}
        for f in self.fields:
            if offset % f.alignment:
                raise ValueError(
                    f"{self.name}.{f.name} at {offset} is not aligned to {f.alignment}"
                )
            result[f.name] = offset
            offset += f.size
        return result

    @cached_property
    def alignment(self) -> int:
        """That of the strictest field."""
        return max(f.alignment for f in self.fields)

    @cached_property
    def size(self) -> int:
        """Bytes of the whole structure.

        Raises:
            ValueError: it would need padding at its end (which must be explicit).
        """
        last = self.fields[-1]
        size = self.offsets[last.name] + last.size
        if size % self.alignment:
            raise ValueError(f"{self.name} is {size} bytes, not a multiple of {self.alignment}")
        return size

    @cached_property
    def dtype(self) -> np.dtype[np.void]:
        """The same structure for numpy; ``char`` arrays become byte strings."""
        names, formats = [], []
        for f in self.fields:
            names.append(f.name)
            if isinstance(f.type, Struct):
                formats.append((f.type.dtype, f.count))
            elif f.type == "char":
                formats.append((f"S{f.count[-1]}", f.count[:-1]))  # type: ignore[arg-type]
            else:
                formats.append((_NUMPY[f.type], f.count))  # type: ignore[arg-type]
        return np.dtype(
            {
                "names": names,
                "formats": formats,
                "offsets": [self.offsets[n] for n in names],
                "itemsize": self.size,
            }
        )


HEADER = Struct(
    "Header", "shell, once, at creation",
    (
        Field("magic", "u64"),
        Field("version", "u32"),
        Field("slots", "u32"),
        Field("layout_hash", "u64", doc="of every structure below: names, types, offsets, sizes"),
        Field("file_size", "u64"),
        Field("owner_pid", "u32", doc="the host's process"),
        Field("pad0", "u32"),
        Field("owner_start", "u64", doc="when that process started, in the system's own units"),
        Field("pad1", "u8", (16,)),
    ),
)  # fmt: skip

SERVER = Struct(
    "ServerStatus", "model process",
    (
        Field("state", "u32", doc="0 not started, 1 starting, 2 ready, 3 failed (see message)"),
        Field("pid", "u32"),
        Field("heartbeat", "u64", doc="counts up while the process lives, at most once a second"),
        Field("answered", "u64", doc="requests answered; a new process counts on"),
        Field("version", "char", (32,), "of the Python package"),
        Field("message", "char", (256,), "a sentence for the editor, UTF-8, zero-terminated"),
        Field("message_seq", "u64", doc="sequence of message"),
    ),
)  # fmt: skip

CONTROL = Struct(
    "SlotControl", "shell",
    (
        Field("in_use", "u32", doc="0 free, 1 an instance lives here"),
        Field("offline", "u32", doc="1 while the host renders offline"),
        Field("instance", "u64", doc="random, never 0, new for each instance"),
        Field("newest_request", "u64", doc="id of the slot's newest request; 0 before the first"),
        Field("x", "f32", doc="position now heard, after wander"),
        Field("y", "f32"),
        Field("song_beats", "f64", doc="position at the end of the last block"),
        Field("playing", "u32"),
        Field("pad0", "u8", (20,)),
    ),
)  # fmt: skip

REQUEST = Struct(
    "Request", "shell",
    (
        Field("seq", "u64"),
        Field("id", "u64", doc="counts up in each slot; its place is id % 4"),
        Field("latent", "f32", (MAX_LATENTS,), "position after wander, each 0..1"),
        Field("style", "f32", doc="0..1: none, then the model's styles at equal distances"),
        Field("model", "u8", (32,), "SHA-256 of the model's portable form; zeros: the default"),
        Field("checksum", "u32", doc="CRC-32 of id, latent, style and model"),
        Field("pad0", "u8", (40,)),
    ),
)  # fmt: skip

ANSWER = Struct(
    "Answer", "model process",
    (
        Field("seq", "u64"),
        Field("checksum", "u32", doc="CRC-32 from status to the end of the values used"),
        Field("status", "u32", doc="0 a pattern, 1 model not found, 2 model damaged"),
        Field("id", "u64", doc="of the request that this answers"),
        Field("lanes", "u32"),
        Field("steps", "u32"),
        Field("steps_per_beat", "u32"),
        Field("latents", "u32", doc="how many of the request's latents the model uses"),
        Field("lane_note", "u8", (MAX_LANES,), "MIDI notes out"),
        Field("lane_name", "char", (MAX_LANES, 16), "UTF-8, zero-padded"),
        Field("reserved", "u8", (8,), "zeros"),
        Field(
            "values", "f32", (PATTERN_ARRAYS * MAX_LANES * MAX_STEPS,),
            "five arrays of lanes x steps, packed: only the first 5 * lanes * steps are used",
        ),
    ),
)  # fmt: skip

PICTURE = Struct(
    "Picture", "model process",
    (
        Field("seq", "u64"),
        Field("side", "u32", doc="0 none yet, else 64"),
        Field("checksum", "u32", doc="CRC-32 of pixels"),
        Field("model", "u8", (32,), "of which model"),
        Field("pad0", "u8", (16,)),
        Field("pixels", "u8", (PICTURE_SIDE, PICTURE_SIDE, 4), "RGBA; row 0 is y = 0"),
    ),
)  # fmt: skip

EVENT = Struct(
    "Event", "shell",
    (
        Field("song_beats", "f64", doc="where it sounds, exact, in beats of the song"),
        Field("run_samples", "f64", doc="exact samples since the run (start or seek) began"),
        Field("stream_sample", "i64", doc="the sample it was sent at, since prepareToPlay"),
        Field("length_beats", "f32"),
        Field("bpm", "f32"),
        Field("grid_step", "i32", doc="steps from song position 0 to its straight grid line"),
        Field("run", "u32", doc="counts starts and seeks"),
        Field("steps_per_two_beats", "u16", doc="as played: twice as many as in a beat"),
        Field("cell", "u8", doc="step within the pattern"),
        Field("lane", "u8"),
        Field("note", "u8"),
        Field("velocity", "u8"),
        Field("channel", "u8", doc="1..16"),
        Field("pad0", "u8"),
    ),
)  # fmt: skip

RECORD = Struct(
    "RecordHead", "shell",
    (
        Field("written", "u64", doc="events ever written; event k lies at k % 65536"),
        Field("dropped", "u64", doc="events overwritten before an attached reader read them"),
        Field("first", "u64", doc="the first event of the instance that lives here now"),
        Field("expired", "u64", doc="offline waits for a pattern that hit their bound"),
        Field("pad0", "u8", (32,)),
    ),
)  # fmt: skip

READER = Struct(
    "RecordReader", "event reader",
    (
        Field("attached", "u64", doc="0 none; else changes at least once a second while it reads"),
        Field("read", "u64", doc="index of the next event it will read"),
        Field("pad0", "u8", (48,)),
    ),
)  # fmt: skip

WISH = Struct(
    "Wish", "studio",
    (
        Field("seq", "u64", doc="each wish has another one; what lies here at the start is none"),
        Field("x", "f32", doc="where X and Y are to go, 0..1"),
        Field("y", "f32"),
        Field(
            "held", "u32", doc="1 while the pointer is held: further wishes of one movement come"
        ),
        Field("checksum", "u32", doc="CRC-32 of x, y and held"),
        Field("pad0", "u8", (40,)),
    ),
)  # fmt: skip

SLOT = Struct(
    "Slot", "see its parts",
    (
        Field("requests", REQUEST, (REQUEST_PLACES,)),
        Field("answers", ANSWER, (REQUEST_PLACES,)),
        Field("picture", PICTURE),
        Field("record", RECORD),
        Field("reader", READER),
        Field("events", EVENT, (EVENTS,)),
        Field("wish", WISH),
        Field("pad0", "u8", (2_048,)),
    ),
)  # fmt: skip

SEGMENT = Struct(
    "Segment", "see its parts",
    (
        Field("header", HEADER),
        Field("server", SERVER),
        Field("controls", CONTROL, (SLOTS,)),
        Field("pad0", "u8", (3_712,)),
        Field("slots", SLOT, (SLOTS,)),
    ),
)  # fmt: skip

STRUCTS = (
    HEADER,
    SERVER,
    CONTROL,
    REQUEST,
    ANSWER,
    PICTURE,
    EVENT,
    RECORD,
    READER,
    WISH,
    SLOT,
    SEGMENT,
)


def _describe() -> str:
    lines = [f"version {VERSION}"]
    for s in STRUCTS:
        for f in s.fields:
            kind = f.type if isinstance(f.type, str) else f.type.name
            lines.append(f"{s.name}.{f.name} {kind} {f.count} @{s.offsets[f.name]} +{f.size}")
        lines.append(f"{s.name} {s.size}")
    return "\n".join(lines)


LAYOUT_HASH = int.from_bytes(hashlib.sha256(_describe().encode()).digest()[:8], "little")

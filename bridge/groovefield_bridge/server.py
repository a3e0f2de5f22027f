"""The model process's loop: wait, see who asks, decode, answer. It knows no model.

It sleeps on its standard input, the line from the plugin: one byte wakes it, the end of
the file ends it. A byte says only "look": what is asked for lies in the shared memory, so
a process that was started in place of a dead one finds the unanswered requests there.
"""

from __future__ import annotations

import gc
import os
import select
import struct
import sys
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from groovefield_bridge import layout
from groovefield_bridge.segment import Segment, slot_offset

Floats = NDArray[np.float32]

BEAT_SECONDS = 1.0
MODELS_KEPT = layout.SLOTS
"""Decoders in memory, one for each instance; a further one takes the place of the one unused for
longest. With fewer than there are instances, each request would open its model anew."""
DEFAULT_MODEL = bytes(32)
"""What a request names when it means the model that comes with the package."""

FOUND, MISSING, DAMAGED = 0, 1, 2
"""Values of ``Answer.status``."""

_REQUEST_BODY = struct.Struct("<Q32sf32sI")  # id, latent, style, model, checksum
_ANSWER_HEAD = struct.Struct("<IQ")  # status, id
_CHECKSUM = struct.Struct("<I")
_CHECKED = layout.ANSWER.offsets["status"]
_CHECKSUM_AT = layout.ANSWER.offsets["checksum"]
_ID_WORD = layout.ANSWER.offsets["id"] // 8
_VALUES = layout.ANSWER.offsets["values"]
_SLOTS = [slot_offset(slot) for slot in range(layout.SLOTS)]
_REQUESTS = [
    layout.SLOT.offsets["requests"] + i * layout.REQUEST.size for i in range(layout.REQUEST_PLACES)
]
_ANSWERS = [
    layout.SLOT.offsets["answers"] + i * layout.ANSWER.size for i in range(layout.REQUEST_PLACES)
]


class Lane(Protocol):
    """What the loop needs to know of a drum."""

    @property
    def name(self) -> str:
        """For people to read."""
        ...

    @property
    def note(self) -> int:
        """MIDI note out."""
        ...


class Grid(Protocol):
    """What the loop needs to know of a grid."""

    @property
    def steps(self) -> int:
        """All of them."""
        ...

    @property
    def steps_per_beat(self) -> int:
        """A beat is a quarter note."""
        ...


class Decoder(Protocol):
    """A model, ready to play: ``decode_into`` fills (5 * lanes * steps,) from (8,) latents and a
    style, 0..1."""

    @property
    def lanes(self) -> Sequence[Lane]:
        """In the order of the pattern."""
        ...

    @property
    def grid(self) -> Grid:
        """Of every pattern."""
        ...

    @property
    def latents(self) -> int:
        """How many of the position's numbers it uses."""
        ...

    @property
    def picture(self) -> NDArray[np.uint8] | None:
        """(64, 64, 4) RGBA, row 0 is y = 0."""
        ...

    def decode_into(self, latent: Floats, out: Floats, style: float = 0.0) -> None:
        """The pattern at a position in a style, written to ``out``."""
        ...


class ModelMissing(Exception):
    """The model that a request names is not on this machine; the text is a sentence."""


class ModelDamaged(Exception):
    """The model that a request names cannot be used; the text is a sentence."""


MakeDecoder = Callable[[bytes], Decoder]
"""From the SHA-256 that a request carries (``DEFAULT_MODEL``: the default) to a decoder.

It raises ``ModelMissing`` or ``ModelDamaged``; any other exception counts as damaged."""


class _Voice:
    """One decoder and the answer it writes, laid out once: only the values change."""

    def __init__(self, decoder: Decoder) -> None:
        lanes, steps = len(decoder.lanes), decoder.grid.steps
        if not (1 <= lanes <= layout.MAX_LANES and 1 <= steps <= layout.MAX_STEPS):
            raise ModelDamaged(f"The model has {lanes} lanes and {steps} steps; there is no room.")
        area = lanes * steps
        self.decoder = decoder
        self.packed = bytearray(_VALUES + 4 * layout.PATTERN_ARRAYS * area)
        head = np.frombuffer(bytearray(layout.ANSWER.size), layout.ANSWER.dtype)
        head["lanes"], head["steps"] = lanes, steps
        head["steps_per_beat"], head["latents"] = decoder.grid.steps_per_beat, decoder.latents
        for i, lane in enumerate(decoder.lanes):
            head["lane_note"][0, i] = lane.note
            head["lane_name"][0, i] = _fit(lane.name, 15)
        self.packed[:_VALUES] = head.tobytes()[:_VALUES]
        self.out: Floats = np.frombuffer(self.packed, "<f4", offset=_VALUES)
        self.checked = memoryview(self.packed)[_CHECKED:]
        below_one = np.nextafter(np.float32(1), np.float32(0))
        self.low = np.repeat(np.array([0, 0, -1, 0, 0], np.float32), area)
        self.high = np.repeat(np.array([1, 1, below_one, 1, 1], np.float32), area)

    def answer(self, request: int, latent: Floats, style: float) -> bytearray:
        """The whole answer but for its sequence number."""
        out = self.out
        self.decoder.decode_into(latent, out, style)
        np.maximum(out, self.low, out=out)
        np.minimum(out, self.high, out=out)
        if not isfinite(np.dot(out, out)):  # the cheapest sum that one bad number spoils
            raise ModelDamaged("The model gives values that are not numbers.")
        _ANSWER_HEAD.pack_into(self.packed, _CHECKED, FOUND, request)
        _CHECKSUM.pack_into(self.packed, _CHECKSUM_AT, zlib.crc32(self.checked))
        return self.packed


class PatternServer:
    """Answers the requests of all instances of one segment."""

    def __init__(self, segment: Segment, make_decoder: MakeDecoder, version: str = "") -> None:
        self._map = segment.map
        self._words = segment.words
        self._make_decoder = make_decoder
        self._voices: OrderedDict[bytes, _Voice] = OrderedDict()
        self._newest = segment.controls["newest_request"]  # (64,) u64, a view
        self._in_use = segment.controls["in_use"]  # (64,) u32, a view
        self._done = np.zeros(layout.SLOTS, np.uint64)
        self._found = self._newest.copy()  # what the process before this one may have left
        self._shown: list[bytes | None] = [None] * layout.SLOTS
        self._message: str | None = None
        self._refused: dict[int, str] = {}  # by slot: why its last request had no pattern
        server = layout.SEGMENT.offsets["server"]
        self._beat_word = (server + layout.SERVER.offsets["heartbeat"]) // 8
        self._answered_word = (server + layout.SERVER.offsets["answered"]) // 8
        self._next_beat = 0.0
        status = segment.server
        status["pid"] = os.getpid()
        status["version"] = version.encode()[:31]
        status["state"] = 2
        self._say("")

    def beat(self) -> None:
        """Shows that the process lives, at most once a second."""
        now = time.monotonic()
        if now >= self._next_beat:
            self._next_beat = now + BEAT_SECONDS
            self._words[self._beat_word] += 1

    def answer_all(self) -> None:
        """Answers everything asked for up to now, each slot in the order of the requests.

        A request that is torn again and again is left for the next call.
        """
        if self._refused:
            self._forget_closed()
        for _ in range(64):
            newest = self._newest.copy()
            waiting = (newest != self._done).nonzero()[0].tolist()
            if not waiting:
                return
            named = [(slot, self._answer_slot(slot, int(newest[slot]))) for slot in waiting]
            for slot, model in named:
                if model is not None and model != self._shown[slot]:
                    self._show_picture(slot, model)
            self.beat()

    def _answer_slot(self, slot: int, newest: int) -> bytes | None:
        """Answers a slot's requests up to ``newest``; the model that the last of them names."""
        if not self._in_use[slot]:
            self._done[slot] = newest
            return None
        model = None
        base = _SLOTS[slot]
        first = max(int(self._done[slot]) + 1, newest - layout.REQUEST_PLACES + 1)
        chosen = None
        if first <= self._found[slot]:
            last = self._read_request(base + _REQUESTS[newest % layout.REQUEST_PLACES])
            chosen = None if last is None else last[3]
        for request in range(first, newest + 1):
            place = request % layout.REQUEST_PLACES
            at = base + _ANSWERS[place]
            if self._words[at // 8 + _ID_WORD] == request and not self._words[at // 8] & 1:
                continue  # the process before this one answered it
            asked = self._read_request(base + _REQUESTS[place])
            if asked is None or asked[0] < request:
                return model  # torn, or not visible yet: it is looked at again
            if asked[0] == request:
                model = asked[3]
                if request <= self._found[slot] and chosen not in (None, model):
                    # A model that ended the process before this one must not end this one too.
                    self._put(at, self._refusal(request, DAMAGED))
                else:
                    self._answer(slot, at, *asked)
            self._done[slot] = request
        self._done[slot] = newest
        return model

    def _read_request(self, at: int) -> tuple[int, bytes, float, bytes] | None:
        """ID, latents, style and model of the request at byte ``at``; None while it is being
        written."""
        seq = self._words[at // 8]
        body = self._map[at + 8 : at + 8 + _REQUEST_BODY.size]
        request, latent, style, model, checksum = _REQUEST_BODY.unpack(body)
        if seq & 1 or self._words[at // 8] != seq or zlib.crc32(body[:-4]) != checksum:
            return None
        return request, latent, style, model

    def _answer(
        self, slot: int, at: int, request: int, latent: bytes, style: float, model: bytes
    ) -> None:
        refusal = ""
        try:
            packed = self._voice(model).answer(request, np.frombuffer(latent, "<f4"), style)
        except ModelMissing as error:
            refusal = str(error)
            packed = self._refusal(request, MISSING)
        except Exception as error:
            # Whatever a model does, the others must go on playing.
            refusal = str(error) if isinstance(error, ModelDamaged) else _name(error)
            packed = self._refusal(request, DAMAGED)
        self._tell(slot, refusal)
        self._put(at, packed)

    def _put(self, at: int, packed: bytearray) -> None:
        words = self._words
        seq = words[at // 8] | 1
        words[at // 8] = seq
        self._map[at + 8 : at + len(packed)] = memoryview(packed)[8:]
        words[at // 8] = seq + 1
        words[self._answered_word] += 1

    def _tell(self, slot: int, refusal: str) -> None:
        """Shows the newest refusal that still holds: one is over with its slot's next pattern."""
        if not refusal and not self._refused:
            return
        self._refused.pop(slot, None)
        if refusal:
            self._refused[slot] = refusal
        self._say(next(reversed(self._refused.values()), ""))

    def _forget_closed(self) -> None:
        for slot in [slot for slot in self._refused if not self._in_use[slot]]:
            self._tell(slot, "")

    def _refusal(self, request: int, status: int) -> bytearray:
        packed = bytearray(_VALUES)
        _ANSWER_HEAD.pack_into(packed, _CHECKED, status, request)
        _CHECKSUM.pack_into(packed, _CHECKSUM_AT, zlib.crc32(memoryview(packed)[_CHECKED:]))
        return packed

    def _voice(self, model: bytes) -> _Voice:
        voice = self._voices.get(model)
        if voice is None:
            voice = _Voice(self._make_decoder(model))
            self._voices[model] = voice
            while len(self._voices) > MODELS_KEPT:
                self._voices.popitem(last=False)
            gc.collect()
            gc.freeze()
        elif len(self._voices) > 1:
            self._voices.move_to_end(model)
        return voice

    def _show_picture(self, slot: int, model: bytes) -> None:
        voice = self._voices.get(model)
        if voice is None:
            return
        self._shown[slot] = model
        pixels = voice.decoder.picture
        picture = np.frombuffer(bytearray(layout.PICTURE.size), layout.PICTURE.dtype)
        if pixels is not None:
            picture["side"] = layout.PICTURE_SIDE
            picture["pixels"][0] = pixels
            picture["checksum"] = zlib.crc32(picture["pixels"][0].tobytes())
        packed = picture.tobytes()
        at = _SLOTS[slot] + layout.SLOT.offsets["picture"]
        model_at = layout.PICTURE.offsets["model"]
        seq = self._words[at // 8] | 1
        self._words[at // 8] = seq
        self._map[at + 8 : at + len(packed)] = packed[8:]
        self._map[at + model_at : at + model_at + 32] = model
        self._words[at // 8] = seq + 1

    def _say(self, sentence: str) -> None:
        """Puts a sentence for the editor into the status."""
        if sentence == self._message:
            return
        self._message = sentence
        at = layout.SEGMENT.offsets["server"] + layout.SERVER.offsets["message"]
        seq_word = (layout.SEGMENT.offsets["server"] + layout.SERVER.offsets["message_seq"]) // 8
        seq = self._words[seq_word] | 1
        self._words[seq_word] = seq
        self._map[at : at + 256] = _fit(sentence, 255).ljust(256, b"\0")
        self._words[seq_word] = seq + 1


def serve(
    segment: Segment,
    make_decoder: MakeDecoder,
    version: str = "",
    line: int = 0,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Answers until the other end of ``line`` (a file descriptor) is closed, or the host is gone.

    The line alone does not tell: a process that the host forked holds its end as well. When the
    host ends, this process gets another parent.

    ``ready`` is called once the requests that were there already are answered.
    """
    host = os.getppid()  # before anybody hears of us, and may end
    server = PatternServer(segment, make_decoder, version)
    gc.collect()
    gc.freeze()
    gc.disable()  # no pause in the middle of an answer; models are collected when they change
    server.beat()
    ready()
    server.answer_all()
    if os.name == "nt":
        _serve_blocking(server, line)
        return
    watched = [line]
    while os.getppid() == host:
        awake, _, _ = select.select(watched, (), (), BEAT_SECONDS)
        if awake and not _drain(line):
            return
        server.answer_all()
        server.beat()


def _serve_blocking(server: PatternServer, line: int) -> None:
    """Where pipes cannot be waited for with a time limit, a thread of its own beats."""

    def beat() -> None:
        while True:
            server.beat()
            time.sleep(BEAT_SECONDS)

    threading.Thread(target=beat, daemon=True).start()
    while _drain(line):
        server.answer_all()


def _drain(line: int) -> bool:
    """Takes the bytes that woke us; False at the end of the file."""
    try:
        return bool(os.read(line, 4096))
    except OSError:  # the host died with a byte unread
        return False


def say_ready() -> None:
    """Tells the plugin's supervisor, which listens to our standard error."""
    sys.stderr.write("ready\n")
    sys.stderr.flush()


def _fit(text: str, size: int) -> bytes:
    """At most ``size`` bytes of UTF-8, cut between characters."""
    return text.encode(errors="replace")[:size].decode(errors="ignore").encode()


def _name(error: Exception) -> str:
    return f"The model cannot be played: {type(error).__name__}: {error}"

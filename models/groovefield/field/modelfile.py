"""Model files: one ``.groovefield`` file is one trained field.

A model file is a safetensors file: eight bytes of length, a JSON header, raw tensors. Nothing
in it is executed. Its header's metadata has the key ``groovefield``, whose value is a JSON
text (``Header`` below), and two checksums. ``docs/model-format.md`` describes every field and
tensor.

This module imports neither torch nor a network: the process that answers the plugin reads its
model through it. Everything read is checked before it is used; what does not fit raises
``ModelFileError`` with a sentence that names the file and the reason.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groovefield.field import carried_items, item_names
from groovefield.files import read_ordinary
from groovefield.lanes import LANES, MAX_LANES, MAX_STEPS, Lane
from groovefield.pattern import Grid

FORMAT = 1
"""The newest format that this version reads and the one it writes."""

LANE_SPREADS, CELL_SPREADS = "fourier-residual-1", "fourier-residual-2"
"""The two decoders that format 1 knows: with one spread a lane, and with a spread for each cell
that varies over the pad. What they compute is in ``decoder.py``."""

MAX_LATENTS = 8
MAX_STYLES = 16
STYLE_BYTES = 48
"""Of a style's name."""
PICTURE_SIDE = 64
PORTABLE_BYTES = 2 * 1024 * 1024
"""The plugin's state carries the portable form; this is all the room it has."""
FILE_BYTES = 64 * 1024 * 1024
HEADER_BYTES = 1024 * 1024
TEXT_BYTES = 512 * 1024
LIMITS = {"frequencies": 1024, "width": 2048, "blocks": 16, "groove": 1024}
"""The largest sizes of a decoder that are read; the portable form binds sooner."""
SPREAD_LIMIT = 256
"""The largest size "spread", which only a decoder with a spread for each cell has."""

Tensors = dict[str, NDArray[Any]]
_DTYPES = {"F16": "<f2", "F32": "<f4", "U8": "|u1"}
PORTABLE_SUM, WHOLE_SUM = "sha256", "sha256_whole"
"""Keys of the metadata: checksums of the portable form and of the whole file."""
_PORTABLE = ("pad.picture", carried_items.PLACES, carried_items.NAMES)
"""What the portable form keeps beside the decoder."""
_CODES = {np.dtype(v): k for k, v in _DTYPES.items()}


class ModelFileError(Exception):
    """A model file that cannot be used; the message is a sentence for a musician."""


@dataclass(frozen=True)
class Header:
    """What a model is, without its numbers.

    ``sizes`` has the keys of ``LIMITS``, and ``spread`` where each cell has spreads of its own;
    ``training`` is free: what it was trained on, counts, seed, epochs, figures; ``attribution``
    says whose material it was; ``styles`` are the names of those that it morphs between, in the
    order of the control.
    """

    name: str
    lanes: tuple[Lane, ...]
    grid: Grid
    latents: int
    sizes: dict[str, int]
    training: dict[str, Any] = field(default_factory=dict)
    attribution: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()

    @property
    def cells(self) -> int:
        """Lanes times steps."""
        return len(self.lanes) * self.grid.steps

    @property
    def architecture(self) -> str:
        """The decoder's name, which says what its sizes and tensors mean."""
        return CELL_SPREADS if "spread" in self.sizes else LANE_SPREADS

    def to_json(self) -> str:
        """The text that the file keeps."""
        return json.dumps(
            {
                "format": FORMAT,
                "name": self.name,
                "lanes": [{"id": x.id, "name": x.name, "note": x.note} for x in self.lanes],
                "grid": {"steps_per_beat": self.grid.steps_per_beat, "beats": self.grid.beats},
                "latents": self.latents,
                "decoder": {"architecture": self.architecture, "sizes": self.sizes},
                "training": self.training,
                "attribution": list(self.attribution),
                **({"styles": list(self.styles)} if self.styles else {}),
            },
            allow_nan=False,
            separators=(",", ":"),
        )


@dataclass(frozen=True)
class ModelFile:
    """A model file in memory: its header and its tensors by name (numpy, read-only)."""

    header: Header
    tensors: Tensors

    @property
    def picture(self) -> NDArray[np.uint8]:
        """(64, 64, 4) RGBA; row 0 is y = 0."""
        return self.tensors["pad.picture"]

    @property
    def items(self) -> NDArray[np.float32]:
        """(n, latents) where the windows that it was trained on lie; of a portable form, those that
        it carries."""
        found = self.tensors.get("pad.items", self.tensors.get(carried_items.PLACES))
        if found is None:
            return np.zeros((0, self.header.latents), np.float32)
        return found.astype(np.float32)

    @cached_property
    def names(self) -> item_names.ItemNames:
        """What the items are called; empty in older files."""
        if "pad.items" not in self.tensors:
            return carried_items.read(self.tensors)[1]
        return item_names.from_tensors(self.tensors, len(self.items))


def decoder_shapes(header: Header) -> dict[str, tuple[int, ...]]:
    """The name and shape of every tensor of the decoder; all are fp16 in the file."""
    s, lanes, cells = header.sizes, len(header.lanes), header.cells
    shapes: dict[str, tuple[int, ...]] = {
        "frequencies": (s["frequencies"], header.latents),
        "lane_bias": (lanes,),
    }
    if "spread" in s:
        shapes["spread_in.weight"] = (s["spread"], s["width"])
        shapes["spread.weight"] = (2 * cells, s["spread"])
        shapes["spread.bias"] = (2 * cells,)
    else:
        shapes["velocity_spread"] = shapes["offset_spread"] = (lanes,)
    if header.styles:
        shapes["style_trunk"] = (len(header.styles), s["width"])
        shapes["style_heads"] = (len(header.styles), 3 * cells)
    linear = {
        "embed": (s["width"], 2 * s["frequencies"] + header.latents),
        "onset": (cells, s["width"]),
        "groove_in": (s["groove"], s["width"]),
        "velocity": (cells, s["groove"]),
        "offset": (cells, s["groove"]),
    }
    for i in range(s["blocks"]):
        linear[f"blocks.{i}.up"] = linear[f"blocks.{i}.down"] = (s["width"], s["width"])
    for name, (rows, columns) in linear.items():
        shapes[f"{name}.weight"] = (rows, columns)
        shapes[f"{name}.bias"] = (rows,)
    return {f"decoder.{name}": shape for name, shape in shapes.items()}


# ---------------------------------------------------------------- reading


def load(path: Path) -> ModelFile:
    """Read and check a model file, whole or in its portable form.

    Raises:
        ModelFileError: it is not there, not a model file, newer, or damaged.
    """
    return parse(read(path), path.name)


def read(path: Path) -> bytes:
    """The bytes of a model file, not checked yet. Raises `ModelFileError`."""
    try:
        data = read_ordinary(path, FILE_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelFileError(f"{path.name}: cannot be read: {reason}.") from error
    return data


def parse(data: bytes, name: str = "model") -> ModelFile:
    """``load`` for bytes; ``name`` is what the sentences call it."""
    try:
        meta, tensors = _split(data)
        header = _header(meta["groovefield"])
        _check_tensors(header, tensors)
        _check_sums(meta, tensors)
    except ModelFileError as error:
        raise ModelFileError(f"{name}: {error}") from None
    return ModelFile(header, tensors)


def _require(good: bool, sentence: str) -> None:
    if not good:
        raise ModelFileError(sentence)


def _no_number(word: str) -> None:
    """NaN and Infinity are no JSON, whatever Python says; the plugin would not read them."""
    raise ValueError(word)


def _json(data: bytes | str, what: str) -> dict[str, Any]:
    try:
        value = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        raise ModelFileError(f"{what} is not readable JSON; the file is damaged.") from None
    _require(isinstance(value, dict), f"{what} is not a JSON object; the file is damaged.")
    return dict(value)


def _split(data: bytes) -> tuple[dict[str, Any], Tensors]:
    """The metadata and the tensors, which lie end to end and fill the file."""
    _require(len(data) >= 8, "it is too short to be a model file.")
    length = int.from_bytes(data[:8], "little")
    _require(length <= HEADER_BYTES, "it is not a model file (its header would be huge).")
    _require(8 + length <= len(data), "it ends within its header; it was cut short.")
    entries = _json(data[8 : 8 + length], "the header")
    meta = entries.pop("__metadata__", None)
    text = meta.get("groovefield") if isinstance(meta, dict) else None
    if not isinstance(meta, dict) or not isinstance(text, str):
        raise ModelFileError("it is a safetensors file, but not one of Groovefield's.")
    _require(len(text) <= TEXT_BYTES, "its description is too long.")
    body = memoryview(data)[8 + length :]
    tensors, spans = {}, []
    for name, entry in entries.items():
        tensors[name], span = _tensor(name, entry, body)
        spans.append(span)
    end = 0
    for begin, stop in sorted(spans):
        _require(begin == end, "its tensors overlap or leave holes; the file is damaged.")
        end = stop
    _require(end == len(body), "it is longer or shorter than its header says.")
    return meta, tensors


def _tensor(name: str, entry: Any, body: memoryview) -> tuple[NDArray[Any], tuple[int, int]]:
    bad = f"tensor {name[:60]!r} is described wrongly; the file is damaged."
    _require(isinstance(entry, dict) and entry.get("dtype") in _DTYPES, bad)
    shape, span = entry.get("shape"), entry.get("data_offsets")
    for numbers in (shape, span):
        whole = isinstance(numbers, list) and all(type(n) is int and n >= 0 for n in numbers)
        _require(whole, bad)
    _require(len(shape) <= 4 and len(span) == 2, bad)
    dtype = np.dtype(_DTYPES[entry["dtype"]])
    begin, end = span
    _require(begin <= end <= len(body), f"it ends within tensor {name[:60]!r}; it was cut short.")
    _require(end - begin == math.prod(shape) * dtype.itemsize, bad)
    return np.frombuffer(body[begin:end], dtype).reshape(shape), (begin, end)


def _whole(value: Any, low: int, high: int, what: str) -> int:
    good = type(value) is int and low <= value <= high
    _require(good, f"{what} must be a whole number from {low} to {high}.")
    return int(value)


def _string(value: Any, longest: int, what: str) -> str:
    good = isinstance(value, str) and 0 < len(value.encode("utf-8", "replace")) <= longest
    _require(good and value.isprintable(), f"{what} must be a text of 1 to {longest} bytes.")
    return str(value)


def _object(value: Any, what: str) -> dict[str, Any]:
    _require(isinstance(value, dict), f"{what} is missing.")
    return dict(value)


def _header(text: str) -> Header:
    raw = _json(text, "its description")
    version = _whole(raw.get("format"), 1, 2**31, "the format")
    _require(
        version <= FORMAT,
        f"it has format {version}; this version of Groovefield reads up to {FORMAT}. Update it.",
    )
    decoder, grid = _object(raw.get("decoder"), "the decoder"), _object(raw.get("grid"), "the grid")
    kind = decoder.get("architecture")
    known = kind in (LANE_SPREADS, CELL_SPREADS)
    _require(known, f"its decoder {str(kind)[:40]!r} is not known to this version.")
    sizes = _object(decoder.get("sizes"), "the decoder's sizes")
    limits = LIMITS | ({"spread": SPREAD_LIMIT} if kind == CELL_SPREADS else {})
    per_beat = _whole(grid.get("steps_per_beat"), 1, MAX_STEPS, "steps per beat")
    beats = _whole(grid.get("beats"), 1, MAX_STEPS, "beats")
    _require(per_beat * beats <= MAX_STEPS, f"it has more than {MAX_STEPS} steps.")
    credits = raw.get("attribution", [])
    _require(
        isinstance(credits, list) and all(isinstance(c, str) for c in credits),
        "the attribution must be a list of texts.",
    )
    return Header(
        name=_string(raw.get("name"), 64, "the name"),
        lanes=_lanes(raw.get("lanes")),
        grid=Grid(per_beat, beats),
        latents=_whole(raw.get("latents"), 2, MAX_LATENTS, "latents"),
        sizes={k: _whole(sizes.get(k), 1, high, f"size {k!r}") for k, high in limits.items()},
        training=_object(raw.get("training", {}), "the training record"),
        attribution=tuple(credits),
        styles=_styles(raw.get("styles", [])),
    )


def _styles(raw: Any) -> tuple[str, ...]:
    good = isinstance(raw, list) and len(raw) <= MAX_STYLES
    _require(good, f"it must have at most {MAX_STYLES} styles.")
    styles = tuple(_string(each, STYLE_BYTES, "a style's name") for each in raw)
    _require(len(set(styles)) == len(styles), "two of its styles have the same name.")
    return styles


def _lanes(raw: Any) -> tuple[Lane, ...]:
    good = isinstance(raw, list) and 1 <= len(raw) <= MAX_LANES
    _require(good, f"it must have 1 to {MAX_LANES} lanes.")
    lanes = []
    for entry in raw:
        entry = _object(entry, "a lane")
        lanes.append(
            Lane(
                _string(entry.get("id"), 32, "a lane's id"),
                _string(entry.get("name"), 16, "a lane's name"),
                _whole(entry.get("note"), 0, 127, "a lane's note"),
            )
        )
    _require(len({x.id for x in lanes}) == len(lanes), "two of its lanes have the same id.")
    # The plugin's mute and density belong to a lane's place, so each place has its drum.
    for place, (lane, drum) in enumerate(zip(lanes, LANES, strict=False)):
        _require(
            lane.id == drum.id,
            f"its lane {place + 1} is {lane.id[:32]!r}, and must be {drum.id!r}: the first"
            f" {len(LANES)} lanes are those of every model, in their order.",
        )
    return tuple(lanes)


def _check_tensors(header: Header, tensors: Tensors) -> None:
    shapes = decoder_shapes(header)
    for name, shape in shapes.items():
        found = tensors.get(name)
        if found is None:
            raise ModelFileError(f"tensor {name!r} is missing.")
        _require(found.dtype == np.float16, f"tensor {name!r} is not fp16.")
        _require(found.shape == shape, f"tensor {name!r} is {found.shape}, not {shape}.")
        _require(bool(np.isfinite(found).all()), f"tensor {name!r} has values that are no numbers.")
    extra = [n for n in tensors if n.startswith("decoder.") and n not in shapes]
    _require(not extra, f"tensor {''.join(extra[:1])[:60]!r} belongs to no known decoder.")
    for lane_tensor in ("decoder.velocity_spread", "decoder.offset_spread"):
        spread = tensors.get(lane_tensor, np.zeros(0))
        _require(bool(((spread >= 0) & (spread <= 1)).all()), "its spreads are not within 0 to 1.")
    picture = tensors.get("pad.picture")
    good = picture is not None and picture.shape == (PICTURE_SIDE, PICTURE_SIDE, 4)
    good = good and picture is not None and picture.dtype == np.uint8
    _require(good, f"its picture of the pad is missing or not {PICTURE_SIDE} x {PICTURE_SIDE}.")
    items = tensors.get("pad.items")
    if items is not None:
        good = items.ndim == 2 and items.shape[1] == header.latents and items.dtype == np.float16
        good = good and bool(((items >= 0) & (items <= 1)).all())
        _require(good, "the places of its items are not within the pad.")
    try:
        item_names.from_tensors(tensors, 0 if items is None else len(items))
        carried_items.check(tensors, header.latents)
    except item_names.NamesError as error:
        raise ModelFileError(str(error)) from None
    for name, tensor in tensors.items():
        if tensor.dtype != np.uint8 and name.startswith("encoder."):
            good = bool(np.isfinite(tensor).all())
            _require(good, f"tensor {name[:60]!r} has values that are no numbers.")


# ---------------------------------------------------------------- checksums


def _sums(text: str, tensors: Tensors) -> dict[str, str]:
    """SHA-256 over the description and the portable form's tensors, and over it and all of them.

    The portable form keeps the metadata as it is, so that only the first can be checked there.
    """
    return {
        PORTABLE_SUM: _sum(text, {n: t for n, t in tensors.items() if _is_portable(n)}),
        WHOLE_SUM: _sum(text, tensors),
    }


def _sum(text: str, tensors: Tensors) -> str:
    """Over the text, then for each tensor by its name: name, dtype, shape and data."""
    found = hashlib.sha256(text.encode("utf-8", "surrogatepass"))
    for name in sorted(tensors):
        tensor = np.ascontiguousarray(tensors[name])
        code = _CODES[tensor.dtype.newbyteorder("<")]
        shape = ",".join(str(n) for n in tensor.shape)
        found.update(f"\n{name} {code} {shape}\n".encode("utf-8", "surrogatepass"))
        found.update(tensor.tobytes())
    return found.hexdigest()


def _check_sums(meta: dict[str, Any], tensors: Tensors) -> None:
    """Files that were written before there were checksums have none."""
    whole = any(not _is_portable(name) for name in tensors)
    found = _sums(meta["groovefield"], tensors)
    for name in (PORTABLE_SUM, WHOLE_SUM) if whole else (PORTABLE_SUM,):
        _require(
            name not in meta or meta[name] == found[name],
            "its content does not fit its checksum; the file is damaged.",
        )


def _is_portable(name: str) -> bool:
    return name.startswith("decoder.") or name in _PORTABLE


# ---------------------------------------------------------------- writing


def serialise(header: Header, tensors: Tensors) -> bytes:
    """The bytes of a model file: tensors end to end in the order of their names.

    The same model gives the same bytes, here and in the plugin, so that the SHA-256 of a
    portable form names it everywhere.
    """
    text = header.to_json()
    meta = {"groovefield": text, **_sums(text, tensors)}
    return _serialise({"__metadata__": meta}, tensors)


def _serialise(entries: dict[str, Any], tensors: Tensors) -> bytes:
    body, at = [], 0
    for name in sorted(tensors):
        tensor = np.ascontiguousarray(tensors[name])
        code, data = _CODES[tensor.dtype.newbyteorder("<")], tensor.tobytes()
        shape = list(tensor.shape)
        entries[name] = {"dtype": code, "shape": shape, "data_offsets": [at, at + len(data)]}
        body.append(data)
        at += len(data)
    text = json.dumps(entries, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + b"".join(body)


def save(path: Path, header: Header, tensors: Tensors) -> None:
    """Write a model file whole or not at all.

    Raises:
        ModelFileError: it would not be readable again, its portable form is too large, or the
            place cannot be written.
    """
    try:
        data = serialise(header, tensors)
    except ValueError as error:  # a figure that is no number has no place in JSON
        raise ModelFileError(f"{path.name}: its description cannot be written: {error}.") from error
    parse(data, path.name)
    _portable(data, path.name)
    try:
        write_whole(path, data)
    except OSError as error:
        reason = error.strerror or error
        raise ModelFileError(f"{path.name}: cannot be written: {reason}.") from error


def add_tensors(path: Path, more: Tensors) -> None:
    """Write a model file anew with further tensors. Raises `ModelFileError` as `save` does."""
    model = load(path)
    save(path, model.header, {**model.tensors, **more})


def write_whole(path: Path, data: bytes) -> None:
    """Write beside ``path`` and move into place, so that no half of a file is ever seen."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)  # mkstemp's 0600 would hide it from others
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def portable(path: Path) -> bytes:
    """What the plugin's state carries of a model file: the decoder, the picture and a few items.

    The metadata is kept as it is; all tensors go but ``decoder.*``, ``pad.picture`` and the two of
    ``carried_items.py``.

    Raises:
        ModelFileError: the file cannot be used, or the result would be larger than 2 MB.
    """
    data = read(path)
    parse(data, path.name)
    return _portable(data, path.name)


def _portable(data: bytes, name: str) -> bytes:
    meta, tensors = _split(data)
    keep = {n: t for n, t in tensors.items() if _is_portable(n)}
    result = _serialise({"__metadata__": meta}, keep)
    if len(result) > PORTABLE_BYTES:
        raise ModelFileError(
            f"{name}: its decoder takes {len(result)} bytes, and a project has room for "
            f"{PORTABLE_BYTES}; train a smaller one."
        )
    return result

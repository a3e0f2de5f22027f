"""Writes ``bridge/shell/layout.h``, the C++ twin of ``layout.py``.

``python -m groovefield_bridge.generate`` writes it, ``--check`` only says whether the
committed header is current (exit code 1 when it is not). The header asserts every offset
and size when it is compiled, so a compiler that lays a structure out otherwise refuses it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from groovefield_bridge import layout
from groovefield_bridge.layout import Field, Struct

HEADER_PATH = Path(__file__).resolve().parents[1] / "shell" / "layout.h"

_CPP_TYPES = {
    "u8": "std::uint8_t", "u16": "std::uint16_t", "u32": "std::uint32_t", "u64": "std::uint64_t",
    "i32": "std::int32_t", "i64": "std::int64_t", "f32": "float", "f64": "double", "char": "char",
}  # fmt: skip

_CONSTANTS = (
    ("std::uint32_t", "version", layout.VERSION, "counts up with every change of this layout"),
    ("std::uint64_t", "magic", layout.MAGIC, "never changes"),
    ("std::uint64_t", "layoutHash", layout.LAYOUT_HASH, "of every structure below"),
    ("std::size_t", "slots", layout.SLOTS, "instances that one file serves"),
    ("std::size_t", "requestPlaces", layout.REQUEST_PLACES, "a request's place is id % this"),
    ("std::size_t", "maxLatents", layout.MAX_LATENTS, ""),
    ("std::size_t", "maxLanes", layout.MAX_LANES, ""),
    ("std::size_t", "maxSteps", layout.MAX_STEPS, ""),
    ("std::size_t", "patternArrays", layout.PATTERN_ARRAYS, "packed arrays of lanes x steps"),
    ("std::size_t", "page", layout.PAGE, "slots start at multiples of it"),
    ("std::size_t", "events", layout.EVENTS, "room of the event record"),
    ("std::size_t", "pictureSide", layout.PICTURE_SIDE, "pixels"),
)


def camel(name: str) -> str:
    """``layout_hash`` as the shell writes it: ``layoutHash``."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _member(f: Field) -> str:
    kind = _CPP_TYPES[f.type] if isinstance(f.type, str) else f.type.name
    extent = "".join(f"[{n}]" for n in f.count)
    comment = f"  ///< {f.doc}" if f.doc else ""
    return f"    {kind} {camel(f.name)}{extent};{comment}"


def _structure(s: Struct) -> list[str]:
    lines = [f"/// Writer: {s.writer}.", f"struct {s.name} {{"]
    lines += [_member(f) for f in s.fields]
    lines.append("};")
    for f in s.fields:
        at = s.offsets[f.name]
        name = camel(f.name)
        lines.append(f"static_assert (offsetof ({s.name}, {name}) == {at});")
        lines.append(f"static_assert (sizeof ({s.name}::{name}) == {f.size});")
    lines.append(f"static_assert (sizeof ({s.name}) == {s.size} && alignof ({s.name}) <= 8);")
    lines.append(f"static_assert (std::is_trivially_copyable_v<{s.name}>);")
    return lines


def header_text() -> str:
    """The whole header, ending in a newline."""
    lines = [
        "// Written by `python -m groovefield_bridge.generate` from",
        "// bridge/groovefield_bridge/layout.py: change that file and run it again.",
        "#pragma once",
        "",
        "#include <cstddef>",
        "#include <cstdint>",
        "#include <type_traits>",
        "",
        "namespace groovefield::layout {",
        "",
    ]
    for kind, name, value, doc in _CONSTANTS:
        number = f"0x{value:016x}u" if value >= 1 << 32 else str(value)
        lines.append(f"constexpr {kind} {name} = {number};" + (f"  ///< {doc}" if doc else ""))
    for s in layout.STRUCTS:
        lines += ["", *_structure(s)]
    lines += ["", "} // namespace groovefield::layout", ""]
    return "\n".join(lines)


def offsets_text() -> str:
    """One line a field, ``Struct.field offset size``: what the C++ side prints to be compared."""
    lines = [f"layout {layout.LAYOUT_HASH:016x} {layout.VERSION}"]
    for s in layout.STRUCTS:
        lines += [f"{s.name}.{camel(f.name)} {s.offsets[f.name]} {f.size}" for f in s.fields]
        lines.append(f"{s.name} {s.size}")
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Writes or checks the header; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m groovefield_bridge.generate", description=__doc__
    )
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    parser.add_argument("--header", type=Path, default=HEADER_PATH, help="where the header lies")
    options = parser.parse_args(arguments)
    text = header_text()
    current = options.header.is_file() and options.header.read_text() == text
    if options.check:
        if current:
            return 0
        print(
            f"{options.header} is not what layout.py describes; "
            "run python -m groovefield_bridge.generate",
            file=sys.stderr,
        )
        return 1
    if not current:
        options.header.write_text(text)
        print(f"wrote {options.header}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

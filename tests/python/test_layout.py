"""The one definition of the shared memory, and its C++ twin."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from groovefield import lanes
from groovefield.field import decoder, modelfile
from groovefield_bridge import generate, layout
from groovefield_bridge.generate import camel
from groovefield_bridge.layout import Field, Struct


def hash_now() -> int:
    digest = hashlib.sha256(layout._describe().encode()).digest()
    return int.from_bytes(digest[:8], "little")


def test_the_committed_header_is_current() -> None:
    assert generate.main(["--check"]) == 0


def test_a_header_that_is_not_current_is_noticed_and_written_anew(tmp_path: Path) -> None:
    header = tmp_path / "layout.h"
    assert generate.main(["--check", "--header", str(header)]) == 1
    assert generate.main(["--header", str(header)]) == 0
    assert generate.main(["--check", "--header", str(header)]) == 0
    header.write_text(header.read_text().replace("float x;", "double x;"))
    assert generate.main(["--check", "--header", str(header)]) == 1


def test_the_compiler_lays_everything_out_as_python_does(tmp_path: Path) -> None:
    compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    lines = ['#include "layout.h"', "#include <cstdio>", "using namespace groovefield::layout;"]
    lines += [
        "int main() {",
        '  std::printf("layout %016llx %u\\n", (unsigned long long) layoutHash, version);',
    ]
    for s in layout.STRUCTS:
        for f in s.fields:
            name = f"{s.name}.{camel(f.name)}"
            place = f"offsetof({s.name}, {camel(f.name)}), sizeof({s.name}::{camel(f.name)})"
            lines.append(f'  std::printf("{name} %zu %zu\\n", {place});')
        lines.append(f'  std::printf("{s.name} %zu\\n", sizeof({s.name}));')
    source = tmp_path / "offsets.cpp"
    source.write_text("\n".join([*lines, "}", ""]))
    program = tmp_path / "offsets"
    include = generate.HEADER_PATH.parent
    subprocess.run([compiler, "-std=c++17", f"-I{include}", source, "-o", program], check=True)
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    assert printed == generate.offsets_text()


def test_numpy_sees_the_same_offsets_and_sizes() -> None:
    for s in layout.STRUCTS:
        assert s.dtype.itemsize == s.size
        assert s.dtype.fields is not None
        for f in s.fields:
            kind, offset = s.dtype.fields[f.name][:2]
            assert (offset, kind.itemsize) == (s.offsets[f.name], f.size), f"{s.name}.{f.name}"


def test_no_byte_is_left_to_the_compiler() -> None:
    for s in layout.STRUCTS:
        covered = np.zeros(s.size, np.uint8)
        for f in s.fields:
            covered[s.offsets[f.name] : s.offsets[f.name] + f.size] += 1
        assert (covered == 1).all(), s.name


def test_writers_do_not_share_a_cache_line_and_slots_do_not_share_a_page() -> None:
    for s in (layout.SLOT, layout.SEGMENT):
        for f in s.fields:
            if isinstance(f.type, Struct):
                assert s.offsets[f.name] % 64 == 0, f"{s.name}.{f.name}"
                assert f.type.writer == "shell" or f.type.size % 64 == 0, f.type.name
    assert layout.SLOT.size % layout.PAGE == 0
    assert layout.SEGMENT.offsets["slots"] % layout.PAGE == 0


def test_the_hash_changes_with_any_field(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hash_now() == layout.LAYOUT_HASH
    for changed in (
        Field("pad1", "u8", (24,)),
        Field("pad1", "char", (16,)),
        Field("gap1", "u8", (16,)),
        Field("pad1", "u64", (2,)),
    ):
        header = Struct("Header", "", (*layout.HEADER.fields[:-1], changed))
        monkeypatch.setattr(layout, "STRUCTS", (header, *layout.STRUCTS[1:]))
        assert hash_now() != layout.LAYOUT_HASH


def test_padding_must_be_written_down() -> None:
    with pytest.raises(ValueError, match=r"Gap\.wide at 4"):
        _ = Struct("Gap", "", (Field("narrow", "u32"), Field("wide", "u64"))).offsets
    with pytest.raises(ValueError, match="12 bytes"):
        _ = Struct("Tail", "", (Field("wide", "u64"), Field("narrow", "u32"))).size


def test_models_and_the_shared_memory_have_the_same_room() -> None:
    """A model file has its own limits, and none may ask for more than the memory holds."""
    assert lanes.MAX_LANES == layout.MAX_LANES
    assert lanes.MAX_STEPS == layout.MAX_STEPS
    assert modelfile.MAX_LATENTS == layout.MAX_LATENTS
    assert modelfile.PICTURE_SIDE == layout.PICTURE_SIDE
    assert decoder.ARRAYS == layout.PATTERN_ARRAYS

"""The model process's loop, the checks on the shared memory, and the event reader."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import socket
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from bridge_library import Shell, TinyDecoder, eventually, make_segment
from groovefield import serve as serve_module
from groovefield.field import modelfile
from groovefield.field.decoder import default_model, load_decoder
from groovefield.files import read_ordinary
from groovefield.lanes import LANES
from groovefield.pattern import Grid
from groovefield.serve import model_opener
from groovefield_bridge import layout
from groovefield_bridge.events import EventReader, Instance, ReaderRefused, instances, segments
from groovefield_bridge.segment import LayoutMismatch, Segment, SegmentRefused
from groovefield_bridge.server import (
    MODELS_KEPT,
    ModelDamaged,
    ModelMissing,
    PatternServer,
    serve,
)


@pytest.fixture
def segment(tmp_path: Path) -> Segment:
    return Segment.open(make_segment(tmp_path))


def expected(decoder: TinyDecoder, *latent: float) -> np.ndarray:
    position = np.full(8, 0.5, np.float32)
    position[: len(latent)] = latent
    out = np.empty(5 * len(decoder.lanes) * decoder.grid.steps, np.float32)
    decoder.decode_into(position, out)
    return out.reshape(5, len(decoder.lanes), decoder.grid.steps)


# ---------------------------------------------------------------- answers


def test_a_request_for_a_style_reaches_the_decoder(segment: Segment) -> None:
    decoder = TinyDecoder(LANES, Grid(3, 8))
    shell = Shell(segment, 5)
    number = shell.request(0.25, 0.75, style=0.5)
    PatternServer(segment, lambda digest: decoder).answer_all()
    np.testing.assert_array_equal(shell.pattern(number), expected(decoder, 0.25, 0.75) * 0.5)


def test_a_request_is_answered_with_the_decoders_pattern(segment: Segment) -> None:
    decoder = TinyDecoder(LANES, Grid(3, 8))
    server = PatternServer(segment, lambda digest: decoder, "1.2.3")
    shell = Shell(segment, 5)
    number = shell.request(0.25, 0.75)
    server.answer_all()
    np.testing.assert_array_equal(shell.pattern(number), expected(decoder, 0.25, 0.75))
    answer = shell.answer(number)
    assert answer["steps_per_beat"] == 3
    assert answer["latents"] == 2
    assert answer["lane_note"][:11].tolist() == [lane.note for lane in LANES]
    assert answer["lane_name"][2] == b"Closed hat"
    assert segment.server["state"] == 2
    assert segment.server["pid"] == os.getpid()
    assert segment.server["version"] == b"1.2.3"
    assert segment.server["answered"] == 1


def test_every_open_request_is_answered_in_order(segment: Segment) -> None:
    order: list[float] = []

    class Noting(TinyDecoder):
        def decode_into(self, latent: np.ndarray, out: np.ndarray, style: float = 0.0) -> None:
            order.append(float(latent[0]))
            super().decode_into(latent, out, style)

    decoder = Noting()
    server = PatternServer(segment, lambda digest: decoder)
    shell = Shell(segment)
    numbers = [shell.request(i / 10, 0.5) for i in range(4)]
    server.answer_all()
    assert order == pytest.approx([0.0, 0.1, 0.2, 0.3])
    for i, number in enumerate(numbers):
        np.testing.assert_array_equal(shell.pattern(number), expected(decoder, i / 10, 0.5))
    order.clear()
    server.answer_all()
    assert order == []


def test_of_more_requests_than_places_the_newest_are_answered(segment: Segment) -> None:
    decoder = TinyDecoder()
    server = PatternServer(segment, lambda digest: decoder)
    shell = Shell(segment)
    numbers = [shell.request(i / 20, 0.5) for i in range(11)]
    server.answer_all()
    assert decoder.calls == layout.REQUEST_PLACES
    for i in range(7, 11):
        np.testing.assert_array_equal(shell.pattern(numbers[i]), expected(decoder, i / 20, 0.5))


def test_all_64_instances_get_their_own(segment: Segment) -> None:
    decoder = TinyDecoder()
    server = PatternServer(segment, lambda digest: decoder)
    shells = [Shell(segment, slot) for slot in range(layout.SLOTS)]
    numbers = [shell.request(slot / 64, 1 - slot / 64) for slot, shell in enumerate(shells)]
    server.answer_all()
    for slot, (shell, number) in enumerate(zip(shells, numbers, strict=True)):
        wanted = expected(decoder, slot / 64, 1 - slot / 64)
        np.testing.assert_array_equal(shell.pattern(number), wanted)


def test_a_process_started_in_place_of_a_dead_one_answers_what_is_open(segment: Segment) -> None:
    decoder = TinyDecoder()
    first = PatternServer(segment, lambda digest: decoder)
    shell = Shell(segment)
    answered = [shell.request(0.1, 0.2), shell.request(0.2, 0.2)]
    first.answer_all()
    seqs = [int(shell.answer(n)["seq"]) for n in answered]
    half_written = shell.request(0.3, 0.2)
    shell.memory["answers"]["id"][0, half_written % 4] = half_written
    shell.memory["answers"]["seq"][0, half_written % 4] = 7
    waiting = shell.request(0.4, 0.2)

    PatternServer(segment, lambda digest: decoder).answer_all()
    assert [int(shell.answer(n)["seq"]) for n in answered] == seqs
    np.testing.assert_array_equal(shell.pattern(half_written), expected(decoder, 0.3, 0.2))
    np.testing.assert_array_equal(shell.pattern(waiting), expected(decoder, 0.4, 0.2))


def test_a_request_that_is_being_written_is_answered_when_it_is_whole(segment: Segment) -> None:
    decoder = TinyDecoder()
    server = PatternServer(segment, lambda digest: decoder)
    shell = Shell(segment)
    number = shell.request(0.3, 0.4)
    row = shell.memory["requests"][:, number % 4]
    row["seq"] += 1
    server.answer_all()
    assert decoder.calls == 0
    row["seq"] += 1
    row["latent"][0, 0] = 0.9  # not what the checksum was made from
    server.answer_all()
    assert decoder.calls == 0
    row["checksum"] = zlib.crc32(row.tobytes()[8:84])
    server.answer_all()
    np.testing.assert_array_equal(shell.pattern(number), expected(decoder, 0.9, 0.4))


def test_a_slot_that_was_given_back_is_not_looked_at(segment: Segment) -> None:
    decoder = TinyDecoder()
    server = PatternServer(segment, lambda digest: decoder)
    shell = Shell(segment)
    shell.request(0.3, 0.4)
    shell.control["in_use"] = 0
    server.answer_all()
    assert decoder.calls == 0


# ---------------------------------------------------------------- models that fail


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (ModelMissing("The model is not here."), 1, "The model is not here."),
        (ModelDamaged("The model is cut short."), 2, "The model is cut short."),
        (RuntimeError("boom"), 2, "RuntimeError: boom"),
    ],
)
def test_a_model_that_fails_is_a_status_and_a_sentence_and_the_others_play_on(
    segment: Segment, error: Exception, status: int, message: str
) -> None:
    good, bad = bytes(32), b"\1" * 32
    decoder = TinyDecoder()

    def make(digest: bytes) -> TinyDecoder:
        if digest == bad:
            raise error
        return decoder

    server = PatternServer(segment, make)
    first, second = Shell(segment, 0), Shell(segment, 1)
    refused = first.request(0.1, 0.1, model=bad)
    number = second.request(0.2, 0.2, model=good)
    server.answer_all()
    answer = first.answer(refused)
    assert (answer["id"], answer["status"], answer["lanes"]) == (refused, status, 0)
    raw = answer.tobytes()
    head = raw[layout.ANSWER.offsets["status"] : layout.ANSWER.offsets["values"]]
    assert answer["checksum"] == zlib.crc32(head)
    assert message in segment.server["message"][0].decode()
    np.testing.assert_array_equal(second.pattern(number), expected(decoder, 0.2, 0.2))


def test_what_is_left_of_a_model_no_longer_chosen_is_refused_by_the_next_process(
    segment: Segment,
) -> None:
    # It may be what ended the process before this one.
    opened: list[bytes] = []

    def make(digest: bytes) -> TinyDecoder:
        opened.append(digest)
        return decoder

    decoder = TinyDecoder()
    bad, good = b"\1" * 32, b"\2" * 32
    shell = Shell(segment)
    left = [shell.request(0.1, 0.1, model=bad), shell.request(0.2, 0.1, model=bad)]
    number = shell.request(0.3, 0.2, model=good)
    server = PatternServer(segment, make)
    server.answer_all()
    assert opened == [good]
    assert [int(shell.answer(each)["status"]) for each in left] == [2, 2]
    np.testing.assert_array_equal(shell.pattern(number), expected(decoder, 0.3, 0.2))
    number = shell.request(0.4, 0.2, model=bad)  # asked for while this process runs
    shell.request(0.5, 0.2, model=good)
    server.answer_all()
    np.testing.assert_array_equal(shell.pattern(number), expected(decoder, 0.4, 0.2))


def test_each_of_64_instances_may_have_a_model_of_its_own_and_each_is_opened_once(
    segment: Segment,
) -> None:
    opened: list[bytes] = []

    def make(digest: bytes) -> TinyDecoder:
        opened.append(digest)
        return TinyDecoder()

    server = PatternServer(segment, make)
    shells = [Shell(segment, slot) for slot in range(layout.SLOTS)]
    for _ in range(3):
        for slot, shell in enumerate(shells):
            shell.request(0.1, 0.2, model=bytes([slot + 1]) * 32)
        server.answer_all()
    assert len(opened) == layout.SLOTS


def test_a_refusal_is_shown_until_its_slot_plays_again_or_closes(segment: Segment) -> None:
    def make(digest: bytes) -> TinyDecoder:
        if digest != bytes(32):
            raise ModelMissing(f"Model {digest[0]} is not here.")
        return TinyDecoder()

    server = PatternServer(segment, make)
    first, second = Shell(segment, 0), Shell(segment, 1)
    said = []
    for shell, model in ((first, 1), (second, 0), (second, 2), (second, 0), (first, 0), (first, 0),
                         (second, 3), (first, 4)):  # fmt: skip
        shell.request(0.1, 0.1, model=bytes([model]) * 32)
        server.answer_all()
        said.append(segment.server["message"][0].decode())
    one, two, three, four = (f"Model {n} is not here." for n in (1, 2, 3, 4))
    assert said == [one, one, two, one, "", "", three, four]
    first.control["in_use"] = 0
    server.answer_all()
    assert segment.server["message"][0].decode() == three
    second.control["in_use"] = 0
    server.answer_all()
    assert segment.server["message"][0].decode() == ""


def test_a_model_that_gives_no_numbers_is_damaged(segment: Segment) -> None:
    class Broken(TinyDecoder):
        def decode_into(self, latent: np.ndarray, out: np.ndarray, style: float = 0.0) -> None:
            out[:] = 0.5
            out[77] = np.nan

    server = PatternServer(segment, lambda digest: Broken())
    shell = Shell(segment)
    number = shell.request(0.1, 0.1)
    server.answer_all()
    assert shell.answer(number)["status"] == 2


def test_values_out_of_bounds_are_moved_to_the_bound(segment: Segment) -> None:
    class Loud(TinyDecoder):
        def decode_into(self, latent: np.ndarray, out: np.ndarray, style: float = 0.0) -> None:
            out[:] = 5.0
            out[1::2] = -5.0

    server = PatternServer(segment, lambda digest: Loud())
    shell = Shell(segment)
    number = shell.request(0.1, 0.1)
    server.answer_all()
    values = shell.pattern(number)
    assert set(np.unique(values[[0, 1, 3, 4]])) == {0.0, 1.0}
    assert values[2].min() == -1.0
    assert 0.999 < values[2].max() < 1.0


def test_a_sentence_that_is_too_long_is_cut_between_characters(segment: Segment) -> None:
    def make(digest: bytes) -> TinyDecoder:
        raise ModelMissing("a" + "ü" * 300)

    server = PatternServer(segment, make)
    Shell(segment).request(0.1, 0.1)
    server.answer_all()
    assert segment.server["message"][0].decode() == "a" + "ü" * 127


def test_models_are_kept_and_the_one_unused_for_longest_goes(segment: Segment) -> None:
    made: list[int] = []

    def make(digest: bytes) -> TinyDecoder:
        made.append(digest[0])
        return TinyDecoder()

    server = PatternServer(segment, make)
    shell = Shell(segment)

    def ask(model: int) -> None:
        shell.request(0.1, 0.1, model=bytes([model]) * 32)
        server.answer_all()

    for model in [*range(MODELS_KEPT), 0]:
        ask(model)
    assert made == list(range(MODELS_KEPT))
    ask(MODELS_KEPT)  # model 1 has been unused for longest
    ask(0)
    ask(1)
    assert made == [*range(MODELS_KEPT), MODELS_KEPT, 1]


# ---------------------------------------------------------------- picture, heartbeat, loop


def test_the_picture_is_written_when_the_model_changes(segment: Segment) -> None:
    with_picture = TinyDecoder()
    pixels = np.arange(64 * 64 * 4, dtype=np.uint32).reshape(64, 64, 4).astype(np.uint8)
    with_picture.picture = pixels
    models = {bytes(32): with_picture, b"\2" * 32: TinyDecoder()}
    server = PatternServer(segment, lambda digest: models[digest])
    shell = Shell(segment)
    shell.request(0.1, 0.1)
    server.answer_all()
    picture = shell.memory["picture"][0]
    assert picture["side"] == 64
    assert picture["seq"] % 2 == 0
    np.testing.assert_array_equal(picture["pixels"], pixels)
    assert picture["checksum"] == zlib.crc32(pixels.tobytes())
    assert not picture["model"].any()
    seq = int(picture["seq"])
    shell.request(0.2, 0.1)
    server.answer_all()
    assert picture["seq"] == seq
    shell.request(0.2, 0.1, model=b"\2" * 32)
    server.answer_all()
    assert picture["side"] == 0
    assert picture["model"].tobytes() == b"\2" * 32


def test_the_heart_beats_at_most_once_a_second(segment: Segment) -> None:
    server = PatternServer(segment, lambda digest: TinyDecoder())
    before = int(segment.server["heartbeat"][0])
    for _ in range(1000):
        server.beat()
    assert segment.server["heartbeat"] == before + 1


def test_the_loop_answers_at_a_byte_and_ends_with_the_line(segment: Segment) -> None:
    ours, theirs = socket.socketpair()
    decoder = TinyDecoder()
    shell = Shell(segment)
    early = shell.request(0.1, 0.2)
    ready = threading.Event()
    loop = threading.Thread(
        target=serve,
        args=(segment, lambda digest: decoder),
        kwargs={"line": theirs.fileno(), "ready": ready.set},
    )
    loop.start()
    assert ready.wait(20)
    assert eventually(lambda: shell.answer(early)["id"] == early)
    for i in range(200):
        number = shell.request(i / 200, 0.2)
        ours.send(b"\1")
        assert eventually(lambda n=number: shell.answer(n)["id"] == n)
        np.testing.assert_array_equal(shell.pattern(number), expected(decoder, i / 200, 0.2))
    ours.close()
    loop.join(20)
    assert not loop.is_alive()
    theirs.close()


# ---------------------------------------------------------------- the real models


def test_the_default_model_plays_through_the_shared_memory(
    segment: Segment, tmp_path: Path
) -> None:
    server = PatternServer(segment, model_opener(tmp_path))
    shell = Shell(segment)
    reference = load_decoder(default_model())
    rng = np.random.default_rng(5)
    for x, y in rng.random((50, 2)):
        number = shell.request(x, y)
        server.answer_all()
        pattern = reference.decode(np.array([x, y] + [0.5] * 6, np.float32))
        values = shell.pattern(number)
        for k, name in enumerate(
            ("probability", "velocity", "offset", "velocity_spread", "offset_spread")
        ):
            np.testing.assert_allclose(values[k], getattr(pattern, name), atol=1e-6)


def test_models_are_opened_by_their_hash_and_checked_against_it(tmp_path: Path) -> None:
    content = default_model().read_bytes()
    digest = hashlib.sha256(content).digest()
    opened = model_opener(tmp_path)
    with pytest.raises(ModelMissing, match="not on this machine"):
        opened(digest)
    path = tmp_path / f"{digest.hex()}.groovefield"
    shutil.copy(default_model(), path)
    assert opened(digest).latents >= 2
    path.write_bytes(content[:-1] + b"\0")
    with pytest.raises(ModelDamaged, match="changed"):
        opened(digest)
    rubbish = b"not a model"
    name = hashlib.sha256(rubbish)
    (tmp_path / f"{name.hexdigest()}.groovefield").write_bytes(rubbish)
    with pytest.raises(ModelDamaged):
        opened(name.digest())
    os.truncate(tmp_path / f"{name.hexdigest()}.groovefield", modelfile.FILE_BYTES + 1)
    with pytest.raises(ModelMissing, match="at most 64 MB are read"):
        opened(name.digest())


def test_a_model_is_read_once_to_be_checked_and_played_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = default_model().read_bytes()
    digest = hashlib.sha256(content).digest()
    path = tmp_path / f"{digest.hex()}.groovefield"
    path.write_bytes(content)
    opened = model_opener(tmp_path)
    reads: list[Path] = []

    def read_then_change(name: Path, most: int) -> bytes:
        reads.append(name)
        data = read_ordinary(name, most)
        if data == content:
            name.write_bytes(b"changed")
        return data

    monkeypatch.setattr(serve_module, "read_ordinary", read_then_change)
    assert opened(digest).latents >= 2  # what was checked is what plays
    for _ in range(50):
        with pytest.raises(ModelDamaged, match="was changed"):
            opened(digest)
    assert reads == [path, path]
    monkeypatch.undo()
    path.write_bytes(content)
    assert opened(digest).latents >= 2


# ---------------------------------------------------------------- checks on the file


def rewrite(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def test_a_plugin_of_another_version_is_told_to_install(tmp_path: Path) -> None:
    path = make_segment(tmp_path)
    rewrite(path, layout.HEADER.offsets["version"], (layout.VERSION + 1).to_bytes(4, "little"))
    with pytest.raises(LayoutMismatch, match="run: groovefield install"):
        Segment.open(path)
    path = make_segment(tmp_path)
    rewrite(path, layout.HEADER.offsets["layout_hash"], bytes(8))
    with pytest.raises(LayoutMismatch, match="run: groovefield install"):
        Segment.open(path)


def test_what_is_no_shared_memory_of_ours_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SegmentRefused, match="No such file"):
        Segment.open(tmp_path / "none")
    with pytest.raises(SegmentRefused, match=r"opened|plain file"):
        Segment.open(tmp_path)
    short = tmp_path / "short"
    short.touch(0o600)
    with pytest.raises(SegmentRefused, match="too short"):
        Segment.open(short)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo, 0o600)
    with pytest.raises(SegmentRefused, match="plain file"):
        Segment.open(fifo)
    path = make_segment(tmp_path)
    link = tmp_path / "link"
    link.symlink_to(path)
    with pytest.raises(SegmentRefused, match="cannot be opened"):
        Segment.open(link)
    path.chmod(0o640)
    with pytest.raises(SegmentRefused, match="other users"):
        Segment.open(path)
    path.chmod(0o600)
    os.truncate(path, layout.SEGMENT.size - 4096)
    with pytest.raises(SegmentRefused, match="cut or damaged"):
        Segment.open(path)


def test_random_bytes_over_the_header_are_always_a_sentence(tmp_path: Path) -> None:
    rng = random.Random(3)
    path = make_segment(tmp_path)
    good = path.read_bytes()[: layout.HEADER.size]
    checked = layout.HEADER.offsets["owner_pid"]  # who owns it may be anyone
    for _ in range(500):
        data = bytearray(good)
        if rng.random() < 0.5:
            data[rng.randrange(checked)] ^= 1 << rng.randrange(8)
        else:
            data[:] = rng.randbytes(len(data))
        rewrite(path, 0, bytes(data))
        with pytest.raises(SegmentRefused) as refusal:
            Segment.open(path)
        assert len(str(refusal.value)) > 20
    rewrite(path, 0, good)
    Segment.open(path)


def test_random_bytes_in_requests_never_end_the_loop(segment: Segment) -> None:
    rng = np.random.default_rng(8)
    decoder = TinyDecoder()
    server = PatternServer(segment, lambda digest: decoder)
    shell = Shell(segment)
    other = Shell(segment, 1)
    for _ in range(200):
        raw = shell.memory["requests"].view(np.uint8)
        raw[:] = rng.integers(0, 256, raw.shape, np.uint8)
        shell.control["newest_request"] = int(rng.integers(0, 2**63))
        number = other.request(0.3, 0.6)
        server.answer_all()
        np.testing.assert_array_equal(other.pattern(number), expected(decoder, 0.3, 0.6))


# ---------------------------------------------------------------- the event reader


def instance_of(shell: Shell) -> Instance:
    number = int(shell.control["instance"][0])
    return Instance(shell.segment.path, shell.slot, number, os.getpid())


def test_a_reader_that_keeps_up_loses_nothing(segment: Segment) -> None:
    shell = Shell(segment)
    shell.record(10)
    with EventReader(instance_of(shell)) as reader:
        assert reader.read()["grid_step"].tolist() == list(range(10))
        shell.record(5)
        assert reader.read()["grid_step"].tolist() == list(range(10, 15))
        assert len(reader.read()) == 0
        assert reader.lost == 0
        assert shell.memory["reader"]["read"] == 15
        assert shell.memory["reader"]["attached"] != 0
    assert shell.memory["reader"]["attached"] == 0


def test_without_history_a_reader_begins_with_the_next_note(segment: Segment) -> None:
    shell = Shell(segment)
    shell.record(10)
    with EventReader(instance_of(shell), history=False) as reader:
        shell.record(2)
        assert reader.read()["grid_step"].tolist() == [10, 11]


def test_a_reader_that_is_too_slow_is_told(segment: Segment) -> None:
    shell = Shell(segment)
    with EventReader(instance_of(shell)) as reader:
        shell.memory["record"]["written"] = layout.EVENTS * 2
        shell.record(3)
        notes = reader.read()
        assert notes["grid_step"][-3:].tolist() == [2 * layout.EVENTS + i for i in range(3)]
        assert len(notes) == layout.EVENTS - 1
        assert reader.lost == 2 * layout.EVENTS + 3 - len(notes)
        shell.record(1)
        assert len(reader.read()) == 1


def test_history_begins_with_this_instance(segment: Segment) -> None:
    shell = Shell(segment)
    shell.record(7)
    shell.memory["record"]["first"] = 7
    shell.record(2)
    with EventReader(instance_of(shell)) as reader:
        assert reader.read()["grid_step"].tolist() == [7, 8]


def test_one_reader_at_a_time_and_a_dead_one_does_not_count(segment: Segment) -> None:
    shell = Shell(segment)
    with EventReader(instance_of(shell)) as first:
        stop = threading.Event()

        def follow() -> None:
            while not stop.wait(0.01):
                first.read()

        following = threading.Thread(target=follow)
        following.start()
        with pytest.raises(ReaderRefused, match="another reader"):
            EventReader(instance_of(shell)).__enter__()
        stop.set()
        following.join()
        with EventReader(instance_of(shell)) as second:  # the first shows no life
            second.read()
            with pytest.raises(ReaderRefused, match="not attached"):
                first.read()


def test_iteration_ends_with_the_instance(segment: Segment) -> None:
    shell = Shell(segment)
    with EventReader(instance_of(shell)) as reader:
        shell.record(3)
        shell.control["in_use"] = 0
        assert [int(note["grid_step"]) for note in reader] == [0, 1, 2]
        assert reader.ended
    with pytest.raises(ReaderRefused, match="gone"):
        EventReader(instance_of(shell))


def test_living_instances_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "groovefield"
    directory.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    segment = Segment.open(make_segment(directory))
    (directory / "groovefield-1-2-0000000000000000.shm").write_bytes(b"damaged")
    shells = [Shell(segment, 3), Shell(segment, 9)]
    found = [i for i in instances(os.getpid()) if i.path == segment.path]
    assert [(i.slot, i.number) for i in found] == [
        (s.slot, int(s.control["instance"][0])) for s in shells
    ]
    assert instances(pid=1) == []


def test_a_file_that_goes_while_the_folder_is_read_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "groovefield"
    directory.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    for number in (1, 2):
        (directory / f"groovefield-{number}-2-0000000000000000.shm").write_bytes(b"")
    listed = Path.iterdir

    def ended(folder: Path) -> Iterator[Path]:
        for path in listed(folder):
            if path.name.startswith("groovefield-1-"):
                path.unlink()
            yield path

    monkeypatch.setattr(Path, "iterdir", ended)
    found = [path.name for path in segments() if path.parent == directory]
    assert found == ["groovefield-2-2-0000000000000000.shm"]

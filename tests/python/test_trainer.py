"""The training job: as a process of its own, told to pause, go on, be heard, end, or vanish."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from groovefield import library
from groovefield.field.decoder import default_model, load_decoder
from groovefield.field.modelfile import load
from groovefield.trainer import events
from groovefield.trainer.client import TrainingProcess
from groovefield.trainer.job import Job, JobError, check, from_json
from groovefield.trainer.run import remarks
from hypothesis import given, settings
from hypothesis import strategies as st
from material_library import write_midi

LONG = 100_000


@pytest.fixture
def beats(tmp_path: Path) -> Path:
    """Six files of two bars: kicks on each beat, snares on 2 and 4, hats more and more."""
    folder = tmp_path / "beats"
    folder.mkdir()
    for n in range(6):
        notes = [(480 * beat, 36, 100) for beat in range(8)]
        notes += [(480 * beat, 38, 110) for beat in (1, 3, 5, 7)]
        notes += [(240 * k, 42, 80) for k in range(2 + 2 * n)]
        notes += [(3839, 37, 1)]  # a last whisper, so that two whole bars are there
        write_midi(folder / f"beat {n}.mid", notes)
    return folder


def job(beats: Path, **changes: object) -> Job:
    out = beats.parent / "mine.groovefield"
    given: dict[str, object] = {"sources": (beats,), "out": out, "name": "mine", "epochs": LONG}
    return Job(**(given | changes))  # type: ignore[arg-type]


def until(process: TrainingProcess, kind: type[events.Event]) -> events.Event:
    """The first event of a kind; the test fails if the process ends before it."""
    while (event := process.next(120)) is not None:
        if isinstance(event, kind):
            return event
        assert not isinstance(event, events.Failed), event
    pytest.fail(f"the process ended without {kind.__name__}")


def last(process: TrainingProcess) -> events.Event:
    told = []
    while (event := process.next(120)) is not None:
        told.append(event)
    return told[-1]


def test_a_job_trains_on_files_and_folders_and_tells_about_it(beats: Path) -> None:
    more = write_midi(beats.parent / "more 鼓.mid", [(240 * k, 46, 90) for k in range(16)])
    with TrainingProcess(job(beats, sources=(beats, more), epochs=40)) as process:
        gathered = until(process, events.Gathered)
        assert isinstance(gathered, events.Gathered)
        assert (gathered.patterns, gathered.held_back, gathered.beats) == (7, 0, 8)
        epoch = until(process, events.Epoch)
        assert isinstance(epoch, events.Epoch)
        assert (epoch.epoch, epoch.epochs, epoch.validation) == (1, 40, None)
        done = last(process)
    assert isinstance(done, events.Done)
    assert load(Path(done.path)).header.training["kept_epoch"] == 40


def test_a_field_can_be_heard_on_the_way_and_training_goes_on(beats: Path) -> None:
    with TrainingProcess(job(beats)) as process:
        until(process, events.Epoch)
        process.say("audition")
        field = until(process, events.Field)
        assert isinstance(field, events.Field) and not field.final
        heard = load_decoder(Path(field.path))
        assert heard.decode(np.array([0.5, 0.5], np.float32)).probability.shape == (11, 32)
        until(process, events.Epoch)  # it trains on
        process.say("finish")
        assert isinstance(last(process), events.Done)
        assert not Path(field.path).exists()


def test_whoever_looks_is_told_of_the_finishing_of_any_field(beats: Path) -> None:
    with TrainingProcess(job(beats, epochs=2, latents=4, closeness="free")) as process:
        assert until(process, events.Finishing) == events.Finishing(2, False, 0.0)
        assert isinstance(last(process), events.Done)


def test_two_jobs_of_one_name_keep_both_models_and_are_heard_apart(beats: Path) -> None:
    out = library.free_path("twice")
    same = job(beats, name="twice", out=out)
    with TrainingProcess(same) as first, TrainingProcess(same) as second:
        heard = []
        for process in (first, second):
            until(process, events.Epoch)
            process.say("audition")
            field = until(process, events.Field)
            assert isinstance(field, events.Field)
            heard.append(Path(field.path))
        assert heard[0] != heard[1]
        first.say("finish")
        done = [last(first)]
        before = out.read_bytes()
        assert load_decoder(heard[1]).name == "twice"  # it can still be heard
        second.say("finish")
        done.append(last(second))
    written = [Path(event.path).name for event in done if isinstance(event, events.Done)]
    assert written == ["twice.groovefield", "twice 2.groovefield"]
    assert out.read_bytes() == before
    assert load_decoder(out.with_name("twice 2.groovefield")).name == "twice 2"
    assert [path.name for path in out.parent.glob(".*")] == []


def test_a_pause_keeps_everything_and_finishing_early_keeps_the_best(beats: Path) -> None:
    with TrainingProcess(job(beats)) as process:
        until(process, events.Epoch)
        process.say("pause")
        until(process, events.Paused)
        assert process.waiting() == []
        process.say("resume")
        until(process, events.Epoch)
        process.say("finish")
        assert isinstance(last(process), events.Done)
    assert load(beats.parent / "mine.groovefield").header.training["stopped_early"] is True


def test_a_field_can_be_heard_in_a_pause_as_often_as_one_likes(beats: Path) -> None:
    with TrainingProcess(job(beats)) as process:
        until(process, events.Epoch)
        process.say("pause")
        until(process, events.Paused)
        for _ in range(2):
            process.say("audition")
            field = process.next(120)  # and not first another epoch
            assert isinstance(field, events.Field) and not field.final
            assert load_decoder(Path(field.path)).name == "mine"
        time.sleep(1.2)  # it looks again by itself, and nothing is asked
        assert process.waiting() == []
        for word in ("resume", "pause"):
            process.say(word)
        until(process, events.Paused)  # told again, whether or not an epoch lay between
        process.say("finish")
        assert isinstance(last(process), events.Done)


@pytest.mark.skipif(sys.platform == "win32", reason="ends processes by their numbers")
def test_what_a_killed_training_left_goes_when_the_next_begins(beats: Path) -> None:
    with TrainingProcess(job(beats)) as killed:
        until(killed, events.Epoch)
        killed.say("audition")
        field = until(killed, events.Field)
        assert isinstance(field, events.Field)
        killed._process.kill()
        assert last(killed) == events.Failed(
            "The training process ended unexpectedly (SIGKILL); train again, on less material "
            "if the memory was full, or run groovefield doctor."
        )
    left = Path(field.path)
    living = left.with_name(left.name.replace(str(killed._process.pid), str(os.getpid())))
    young = left.with_name(re.sub(r"-[0-9a-f]{32}", "-" + 32 * "0", left.name))
    mine = left.with_name(".mine.hearing.groovefield")
    for path in (living, young, mine):
        path.write_bytes(left.read_bytes())
    for path in (left, living, mine):
        os.utime(path, (0, 0))
    with TrainingProcess(job(beats, epochs=1)) as process:
        assert isinstance(last(process), events.Done)
    assert not left.exists()
    assert living.exists() and mine.exists() and young.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_a_training_process_that_is_told_to_end_keeps_the_best(beats: Path) -> None:
    with TrainingProcess(job(beats)) as process:
        until(process, events.Epoch)
        process._process.terminate()
        assert isinstance(last(process), events.Done)


def test_finishing_says_how_much_of_it_is_done(beats: Path) -> None:
    with TrainingProcess(job(beats, epochs=2)) as process:
        told = []
        while (event := process.next(120)) is not None:
            told.append(event)
    shares = [event.share for event in told if isinstance(event, events.Finishing)]
    assert shares[0] == 0 and len(shares) > 3
    assert shares == sorted(shares) and 0.7 < shares[-1] <= 1
    assert isinstance(told[-1], events.Done)


def test_a_job_that_finishes_can_be_cancelled_and_leaves_nothing(beats: Path) -> None:
    with TrainingProcess(job(beats, epochs=2)) as process:
        until(process, events.Finishing)
        process.say("cancel")
        assert isinstance(last(process), events.Cancelled)
    assert [path.name for path in beats.parent.iterdir()] == ["beats"]


def test_a_paused_job_can_be_cancelled_and_leaves_nothing(beats: Path) -> None:
    with TrainingProcess(job(beats)) as process:
        until(process, events.Epoch)
        process.say("pause")
        until(process, events.Paused)
        process.say("cancel")
        assert isinstance(last(process), events.Cancelled)
    assert [path.name for path in beats.parent.iterdir()] == ["beats"]


def test_a_job_whose_starter_is_gone_keeps_what_it_learned(beats: Path) -> None:
    with TrainingProcess(job(beats)) as process:
        until(process, events.Epoch)
    assert load_decoder(beats.parent / "mine.groovefield").name == "mine"


def test_what_cannot_be_trained_is_one_sentence(beats: Path) -> None:
    (beats.parent / "empty").mkdir()
    with TrainingProcess(job(beats, sources=(beats.parent / "empty",))) as process:
        failed = last(process)
    assert isinstance(failed, events.Failed)
    assert failed.sentence.startswith(f"{beats.parent / 'empty'} holds no MIDI file")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sources": ()}, "There is nothing to train on"),
        ({"sources": (Path("/nowhere/at all"),)}, "/nowhere/at all is not there."),
        ({"out": Path("/nowhere/my.groovefield")}, "there is no folder /nowhere."),
        ({"name": "x" * 65}, "1 to 64 bytes"),
        ({"name": "two\nlines"}, "printable"),
        ({"name": "\udcff"}, "printable"),
        ({"epochs": -1}, "-1 epochs cannot be trained: 1 to 1000000 can."),
        ({"seed": -1, "closeness": "free"}, "A seed is a whole number from 0 to"),
        ({"seed": 10**22}, "A seed is a whole number from 0 to"),
        ({"latents": 9}, "2 to 8 latents, not 9"),
    ],
)
def test_a_bad_job_is_found_at_once(beats: Path, changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(JobError, match=sentence.replace("(", r"\(")):
        check(job(beats, **changes))


def test_what_is_no_model_is_never_written_over(beats: Path) -> None:
    mine = beats / "beat 0.mid"
    before = mine.read_bytes()
    with pytest.raises(JobError, match=r"beat 0\.mid is there and is no model: name another"):
        check(job(beats, out=mine))
    assert mine.read_bytes() == before
    model = beats.parent / "old.groovefield"
    model.write_bytes(default_model().read_bytes())
    check(job(beats, out=model))  # a model may be trained anew


@pytest.mark.skipif(sys.platform != "linux", reason="tries Linux's /proc")
def test_a_folder_that_takes_no_file_is_found_before_training(beats: Path) -> None:
    with pytest.raises(JobError, match=r"^/proc/my\.groovefield cannot be written: "):
        check(job(beats, out=Path("/proc/my.groovefield")))


def test_a_full_disk_is_found_before_training(beats: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = SimpleNamespace(total=10**9, free=7_900_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk)
    with pytest.raises(JobError, match=r"its disk has 7\.9 MB free, and a training needs 8 MB\.$"):
        check(job(beats))
    disk.total = disk.free = 0  # as a drive says that does not know
    check(job(beats))


def test_an_exact_field_is_exact_however_early_a_long_training_is_ended(beats: Path) -> None:
    """The dots of `LONG` epochs would come after hours."""
    with TrainingProcess(job(beats)) as process:
        epoch = until(process, events.Epoch)
        while isinstance(epoch, events.Epoch) and epoch.epoch < 50:
            assert epoch.exact is None  # nothing has its place yet
            epoch = until(process, events.Epoch)
        process.say("finish")
        shares = []
        while isinstance(told := process.next(120), events.Epoch | events.Finishing | events.Field):
            if isinstance(told, events.Finishing):
                shares.append(told.share)
                process.say("finish")  # as often as somebody may press it
    assert isinstance(told, events.Done)
    assert "Plays back 6 of 6 clips exactly." in told.lines
    assert shares == sorted(set(shares)) and shares[0] == 0 and len(shares) > 10
    record = load(Path(told.path)).header.training
    assert record["stopped_early"] and 50 <= record["kept_epoch"] < 5_000


def test_a_field_that_is_not_exact_yet_says_what_helps() -> None:
    few, all_of_them = {"exact": 0, "clips": 4}, {"exact": 4, "clips": 4}
    whole: Any = SimpleNamespace(epoch=3, epochs=3, stopped=False, dots="some")
    (said,) = remarks("exact", few, whole)
    assert said == "More epochs (--epochs) bring more of them: this field had 3 epochs."
    assert not remarks("exact", all_of_them, whole) and not remarks("free", few, whole)
    ended: Any = SimpleNamespace(epoch=3, epochs=9, stopped=True, dots="some")
    (said,) = remarks("exact", few, ended)
    assert said == "It was stopped at epoch 3 of 9."
    ended.dots = None  # it was to have none, as more windows than a pad can hold exactly
    assert not remarks("exact", few, ended)


def test_a_job_reads_back_as_it_was_written(beats: Path) -> None:
    written = job(beats, seed=7, latents=3, name="Größe 鼓")
    assert from_json(written.to_json()) == written


@settings(max_examples=200)
@given(st.text() | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["sources", "out", "name", "epochs", "seed", "event"]) | st.text(), inner),
).map(lambda value: json.dumps(value)))  # fmt: skip
def test_any_text_is_a_job_or_a_sentence_and_never_breaks_the_reader(text: str) -> None:
    try:
        from_json(text)
    except JobError as error:
        assert str(error).endswith(".")
    events.from_json(text)

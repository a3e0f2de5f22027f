"""Pairs for people's ears: equal density, drawn order, and a page that tells nothing too early."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from groovefield.bench import blind, command
from groovefield.bench.blind_audio import RATE, loudness, matched
from groovefield.bench.blind_page import Spoken, compressed, decoded, page
from groovefield.bench.table import Table
from groovefield.cli import main
from groovefield.field.decoder import default_model, load_decoder
from groovefield.material.dataset import Material
from small_field import beats


def drummers(count: int = 24) -> Material:
    """Beats of a file each."""
    material = beats(count, seed=5)
    return replace(material, tags=[{"file": f"take {i}", "bar": 0} for i in range(count)])


@pytest.fixture(scope="module")
def pairs() -> list[blind.Pair]:
    decoder = load_decoder(default_model())
    return blind.draw(decoder, beats(60), drummers(), 4, np.random.default_rng(2))


def test_every_kind_meets_every_other_with_as_many_hits(pairs: list[blind.Pair]) -> None:
    assert len(pairs) == 12
    met = [frozenset(clip.kind for clip in pair.clips) for pair in pairs]
    assert {match: met.count(match) for match in met} == {
        frozenset(match): 4 for match in blind.MATCHES
    }
    for pair in pairs:
        struck = [int((clip.hits.velocity > 0).sum()) for clip in pair.clips]
        assert abs(struck[0] - struck[1]) <= 1 and min(struck) >= blind.FEWEST_HITS
        assert blind.SLOWEST <= pair.bpm <= blind.FASTEST
    clips = [clip for pair in pairs for clip in pair.clips]
    real = [clip.origin for clip in clips if clip.kind == blind.DRUMMER]
    assert len(set(real)) == len(real) == 8
    made = [clip.origin for clip in clips if clip.kind == blind.RANDOMISER]
    assert made.count("cells drawn") == made.count("training pattern perturbed") == 4


def test_which_is_heard_first_is_drawn_and_can_be_drawn_again() -> None:
    decoder = load_decoder(default_model())
    drawn = [
        blind.draw(decoder, beats(60), drummers(), 4, np.random.default_rng(seed))
        for seed in (2, 2, 3)
    ]
    orders = [[(pair.a.kind, pair.b.kind, pair.a.origin) for pair in ps] for ps in drawn]
    assert orders[0] == orders[1] != orders[2]
    first = [pair.a.kind for ps in drawn[1:] for pair in ps if blind.DRUMMER in
             (pair.a.kind, pair.b.kind)]  # fmt: skip
    assert 2 <= first.count(blind.DRUMMER) <= len(first) - 2


def test_randomisers_strike_as_often_and_as_hard_as_the_training() -> None:
    train = beats(200)
    chance = train.onset.mean(0)
    mean = train.velocity.sum(0) / np.maximum(train.onset.sum(0), 1)
    windows, strays = train.onset.reshape(200, -1), []
    for clips in (blind.drawn_cells(train, 1000, 7), blind.perturbed(train, 1000, 7)):
        on = np.stack([clip.hits.onset for clip in clips])
        assert on.mean(0)[:3].sum() == pytest.approx(chance[:3].sum(), rel=0.03)
        assert not on[:, chance == 0].any()
        louder = np.stack([clip.hits.velocity for clip in clips])
        assert np.allclose(louder[on], np.broadcast_to(mean, on.shape)[on], atol=1e-5)
        strays.append(np.mean([(windows != row).sum(1).min() for row in on.reshape(1000, -1)]))
    assert 0 < strays[1] < 0.6 * strays[0]  # what is perturbed is still near to a pattern


# ---------------------------------------------------------------- the page


def tone(hz: float, level: float = 0.3) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * hz * np.arange(2 * RATE) / RATE)
    return np.stack((wave, wave)).astype(np.float32)


class Seen(HTMLParser):
    """What a page shows, what it plays, and its scripts by their ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.audio: list[dict[str, str | None]] = []
        self.scripts: dict[str, str] = {}
        self._within: str | None = None
        self._id = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "audio":
            self.audio.append(known)
        self.shown += [value or "" for name, value in attrs if name in ("title", "aria-label")]
        if tag in ("script", "style"):
            self._within, self._id = tag, known.get("id") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == self._within:
            self._within = None

    def handle_data(self, data: str) -> None:
        if self._within == "script":
            self.scripts[self._id] = self.scripts.get(self._id, "") + data
        elif self._within is None:
            self.shown.append(data)


@pytest.fixture(scope="module")
def seen() -> Seen:
    sounds = compressed(tone(200)), compressed(tone(300))
    kinds = [(blind.FIELD, blind.DRUMMER), (blind.RANDOMISER, blind.FIELD)]
    return Seen(page([Spoken(sounds, k, ("at 0.1, 0.2", "gmd, take")) for k in kinds]))


def test_all_that_is_played_is_in_the_page(seen: Seen) -> None:
    order = [(audio["data-pair"], audio["data-which"]) for audio in seen.audio]
    assert order == [("0", "A"), ("0", "B"), ("1", "A"), ("1", "B")]
    for audio, hz in zip(seen.audio, (200, 300, 200, 300), strict=True):
        head, _, data = str(audio["src"]).partition(",")
        assert head == "data:audio/mpeg;base64"
        heard = decoded(base64.b64decode(data))
        assert heard.shape == (2, 2 * RATE)
        middle = np.abs(np.fft.rfft(heard[0]))
        assert np.argmax(middle) / 2 == pytest.approx(hz, abs=1)


def test_nothing_is_told_before_the_answer(seen: Seen) -> None:
    shown = " ".join(seen.shown).lower()
    assert "pairs" in shown and "sounds more like" in shown
    source = shown + seen.scripts["tally"].lower() + seen.scripts["page"].lower()
    for word in ("field", "random", "perturb", "gmd", *map(str.lower, blind.KINDS)):
        assert word not in source
    key = json.loads(base64.b64decode(seen.scripts["key"]))
    assert [entry["kinds"] for entry in key] == [
        [blind.FIELD, blind.DRUMMER], [blind.RANDOMISER, blind.FIELD]
    ]  # fmt: skip


def test_the_tally_counts_what_was_chosen(seen: Seen, tmp_path: Path) -> None:
    """The page's own script, in Qt's engine."""
    field, drummer, randomiser = blind.FIELD, blind.DRUMMER, blind.RANDOMISER
    key = [{"kinds": kinds} for kinds in (
        (field, drummer), (drummer, field), (randomiser, field), (field, randomiser)
    )]  # fmt: skip
    answers = [{"drummer": "B", "use": "A"}, {"drummer": "B", "use": "-"},
               {"drummer": "B", "use": "B"}]  # fmt: skip
    (tmp_path / "tally.js").write_text(
        seen.scripts["tally"]
        + f"\nconst found = tally({json.dumps(key)}, {json.dumps(answers)});"
        + "\nJSON.stringify([found, asText(found)]);"
    )
    program = (
        "import sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication\n"
        "from PySide6.QtQml import QJSEngine\n"
        "app = QCoreApplication([]); engine = QJSEngine()\n"
        "said = engine.evaluate(Path(sys.argv[1]).read_text())\n"
        "sys.stdout.write(said.toString()); sys.exit(said.isError())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "tally.js")], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found, text = json.loads(ran.stdout)
    assert found == {
        f"{field} against {drummer}": {
            "pairs": 2,
            "drummer": {field: 1, drummer: 1, "undecided": 0},
            "use": {field: 1, drummer: 0, "undecided": 1},
        },
        f"{field} against {randomiser}": {
            "pairs": 1,
            "drummer": {field: 1, randomiser: 0, "undecided": 0},
            "use": {field: 1, randomiser: 0, "undecided": 0},
        },
    }
    assert f"{field} against {randomiser}, 1 pair\n" in text
    assert f"Would rather use: {field} 1, {drummer} 0, undecided 1" in text


# ---------------------------------------------------------------- loudness, and the command


def test_loudness_is_that_of_the_recommendation() -> None:
    """A full-scale sine of 997 Hz in one channel of two is -3.01 LUFS."""
    wave = np.sin(2 * np.pi * 997 * np.arange(RATE) / RATE)
    assert loudness(np.stack((wave, 0 * wave)).astype(np.float32)) == pytest.approx(-3.01, abs=0.02)
    low, high = matched([tone(60, 0.5), tone(3000, 0.01)])
    assert loudness(low) == pytest.approx(loudness(high), abs=1e-3)
    assert max(np.abs(low).max(), np.abs(high).max()) <= 10 ** (-1 / 20) + 1e-6


def test_the_page_goes_where_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[Path] = []

    def measure(out: Path) -> Table:
        told.append(out)
        return Table("blind", "Pairs", (), ())

    monkeypatch.setattr(blind, "measure", measure)
    assert main(["bench", "blind"]) == 0
    assert main(["bench", "blind", "--out", str(tmp_path / "my.html")]) == 0
    assert told == [command.PAGES["blind"], tmp_path / "my.html"]
    assert main(["bench", "blind", "--out", str(tmp_path / "none" / "my.html")]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert main(["bench", "pad", "--out", str(tmp_path / "my.html")]) == 2
    assert "writes a page: blind" in capsys.readouterr().err

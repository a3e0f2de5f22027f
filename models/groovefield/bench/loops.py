"""Audio loops: how well renders with known hits are read, on kits that were not trained on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from groovefield.bench.pad import data_folder
from groovefield.bench.table import CannotMeasure, Row, Table
from groovefield.lanes import LANE_INDEX, LANES
from groovefield.loops import kits, onsets, renders, spectrum
from groovefield.loops.kits import Kit, Source, draw_kit, stable_seed
from groovefield.loops.matching import f1, match, rank_correlation
from groovefield.loops.network import Listener, fold_file, load_listener
from groovefield.loops.read import RATE, Audio, read_audio
from groovefield.loops.reading import LoopReading, read_sound

Floats = NDArray[np.float32]

GMD_LOOPS, MACHINE_LOOPS = 96, 48
"""Loops a fold for the hits, each rendered in every condition."""

TEMPO_LOOPS, MACHINE_TEMPO_LOOPS = 96, 32
"""Loops a fold for the tempo, the conditions in turn."""

LOWEST_BPM, HIGHEST_BPM = 70, 180
LOUD = 50 / 127
RANKED_LANES = ("kick", "snare", "closed_hat")
LANE_TARGET_HITS = 50
_LEAST_RANKED = 6

STATED_BPM = {
    "loop_breakbeat": 126.0,
    "loop_compus": 74.0,
    "loop_electric": 97.0,
    "loop_mehackit1": 97.0,
    "loop_perc1": 97.0,
    "loop_tabla": 89.9,
    "loop_garzul": 120.0,
}


@dataclass
class Tally:
    """Counts of one fold. Lane counts are (3, lanes): right, heard, true."""

    matched: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    heard: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    true: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    loud: float = 0
    loud_matched: float = 0
    errors: list[float] = field(default_factory=list)
    from_true: NDArray[np.float64] = field(default_factory=lambda: np.zeros((3, len(LANES))))
    from_heard: NDArray[np.float64] = field(default_factory=lambda: np.zeros((3, len(LANES))))
    alone: NDArray[np.float64] = field(default_factory=lambda: np.zeros((2, 3)))
    pairs: dict[str, list[Floats]] = field(default_factory=lambda: defaultdict(list))
    within: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Fold:
    """What was tuned on, what is reported on."""

    tuned: str
    tested: Source
    listener: Listener


def measure() -> Table:
    """Renders, reads and counts, a few minutes.

    Raises:
        CannotMeasure: the data is not there.
    """
    data = data_folder()
    for name in ("oneshots", "muldjordkit", "drum_machine_patterns", "loops"):
        if not (data / name).is_dir():
            raise CannotMeasure(f"{data} holds no {name}.")
    folds = (
        Fold("oneshots", kits.muldjordkit(data / "muldjordkit"), _listener("oneshots")),
        Fold("muldjordkit", kits.oneshots(data / "oneshots", 1), _listener("muldjordkit")),
    )
    rows: list[Row] = []
    for fold in folds:
        label = f"{fold.tuned} -> {fold.tested.name}"
        rows += hit_rows(label, _hits(fold, data))
        rows += tempo_rows(label, fold, data)
    rows += stated_rows(data)
    conditions = (
        "Read by the weights in the package: a fold's were trained on kits of one folder (and "
        "made-up sounds), a kit for each loop, changed at random; reported on unchanged sounds of "
        "the other folder, a kit drawn for each loop. Of oneshots half 1 (every other file of a "
        "class) is trained on, half 2 reported on; hits that a kit has no sound for are left out.",
        "Patterns: gmd's validation split in 4/4 (trained: train), 1/2, 1, 2 and 4 bars, and every "
        "other title of drum_machine_patterns (trained: the others), two bars. A hit's peak is in "
        "proportion to its velocity.",
        "Dry; 9 dB into pedalboard's limiter at -6 dB; in pedalboard's reverb. Reference onsets "
        "are hits merged within 25 ms of the first, matched one to one within 25 ms.",
        "Isolated: events of one lane; overlapping: of more. Rank correlations: pooled over the "
        "fold, and the mean over gmd loops with six hits of the lane or more.",
        "Tempo: 1/2, 1, 2, 4 and 8 bars (machine: two) at 70 to 180 bpm, file names hidden. With "
        "something around: up to 0.5 s silence before, silence after, or ringing out; half "
        "a bar is then not in the total.",
    )
    plain = tuple(replace(row, value=float(row.value)) for row in rows)
    return Table("loops", "Audio loops read", conditions, plain)


def _listener(fold: str) -> Listener:
    file = fold_file(fold)
    if not file.exists():
        raise CannotMeasure(
            f"{file.name} is not there: `python -m groovefield.loops.training --data DATA {fold}` "
            "makes it."
        )
    return load_listener(file)


def _scores(data: Path, lengths: tuple[float, ...], gmd: int, machine: int) -> list[renders.Score]:
    """Loops drawn at random, the same at every call."""
    random = np.random.default_rng(stable_seed("bench loops", lengths))
    played = renders.gmd_scores(data / "gmd", "validation", lengths=lengths, seed=5)
    machines = renders.drum_machine_scores(data / "drum_machine_patterns", 1)
    out = []
    for scores, count in ((played, gmd), (machines, machine)):
        usual = [s for s in scores if LOWEST_BPM <= s.bpm <= HIGHEST_BPM]
        out += [usual[i] for i in random.permutation(len(usual))[:count]]
    return out


def _played(fold: Fold, scores: list[renders.Score]) -> Iterator[tuple[renders.Score, Kit]]:
    for score in scores:
        random = np.random.default_rng(stable_seed(fold.tested.name, score.name))
        kit = draw_kit([(fold.tested, 1.0)], random, changed=False)
        heard = score.for_kit(kit)
        if len(heard.time) >= 3:
            yield heard, kit


def _hits(fold: Fold, data: Path) -> Tally:
    tally = Tally()
    scores = _scores(data, (0.5, 1, 2, 4), GMD_LOOPS, MACHINE_LOOPS)
    for score, kit in _played(fold, scores):
        dry = renders.render(score, kit)
        events = renders.events(score)
        time = np.array([event.time for event in events])
        velocity = np.zeros((len(events), len(LANES)), dtype=np.float32)
        for row, event in enumerate(events):
            velocity[row, list(event.velocity)] = list(event.velocity.values())
        for condition in renders.CONDITIONS:
            sound = spectrum.levelled(renders.finish(dry, condition))
            _count(tally, sound, condition, time, velocity, fold.listener, "mid" in score.name)
    return tally


def _count(
    tally: Tally,
    sound: Floats,
    condition: str,
    time: NDArray[np.float64],
    velocity: Floats,
    listener: Listener,
    played: bool,
) -> None:
    heard = onsets.hear(sound, listener)
    found = heard.time
    pairs = match(found, time)
    tally.matched[condition] += len(pairs)
    tally.heard[condition] += len(found)
    tally.true[condition] += len(time)
    loud = velocity.max(axis=1) >= LOUD
    tally.loud += loud.sum()
    tally.loud_matched += loud[pairs[:, 1]].sum()
    tally.errors += (found[pairs[:, 0]] - time[pairs[:, 1]]).tolist()
    true = velocity > 0
    given = onsets.name_lanes(sound, time, np.ones(len(time), np.float32), listener).struck
    tally.from_true += _lane_counts(given, true)
    for row, which in enumerate((true.sum(axis=1) == 1, true.sum(axis=1) > 1)):
        tally.alone[row] += _lane_counts(given[which], true[which]).sum(axis=1)
    counts = _lane_counts(heard.struck[pairs[:, 0]], true[pairs[:, 1]])
    tally.from_heard += np.stack([counts[0], heard.struck.sum(axis=0), true.sum(axis=0)])
    for lane in RANKED_LANES:
        i = LANE_INDEX[lane]
        both = heard.struck[pairs[:, 0], i] & true[pairs[:, 1], i]
        said, was = heard.velocity[pairs[both, 0], i], velocity[pairs[both, 1], i]
        tally.pairs[lane].append(np.stack([said, was]))
        if played and both.sum() >= _LEAST_RANKED:
            tally.within[lane].append(rank_correlation(said, was))


def _lane_counts(heard: NDArray[np.bool_], true: NDArray[np.bool_]) -> NDArray[np.float64]:
    sums = [(heard & true).sum(axis=0), heard.sum(axis=0), true.sum(axis=0)]
    return np.stack(sums).astype(np.float64)


def hit_rows(label: str, tally: Tally) -> list[Row]:
    """The figures of onsets, lanes and velocities."""
    rows = [
        Row(f"{label}: onset F1 at 25 ms, {c}",
            f1(tally.matched[c], tally.heard[c], tally.true[c]), "", 0.93, True)
        for c in renders.CONDITIONS
    ]  # fmt: skip
    sums = [sum(part.values()) for part in (tally.matched, tally.heard, tally.true)]
    errors = 1000 * np.array(tally.errors)
    bias = float(np.median(errors))
    rows += [
        Row(f"{label}: onset F1 at 25 ms", f1(*sums), "", 0.93, True),
        Row(f"{label}: recall of events with a hit of velocity 50 or more",
            tally.loud_matched / max(1, tally.loud), "", 0.97, True),
        Row(f"{label}: median timing error after the bias",
            float(np.median(np.abs(errors - bias))), "ms", 2.0),
        Row(f"{label}: the bias", bias, "ms"),
    ]  # fmt: skip
    for counts, where, target in (
        (tally.from_true, "from true onsets", 0.80), (tally.from_heard, "from detected", 0.70)
    ):  # fmt: skip
        rows.append(Row(f"{label}: lanes {where}, micro F1", f1(*counts.sum(1)), "", target, True))
    for row, which in enumerate(("isolated", "overlapping")):
        rows.append(Row(f"{label}: lanes from true onsets, {which}", f1(*tally.alone[row]), ""))
    for counts, where in ((tally.from_true, "from true"), (tally.from_heard, "from detected")):
        for i, lane in enumerate(LANES):
            hits = int(counts[2, i])
            aimed = lane.id in ("kick", "snare") and where == "from true"
            limit = 0.85 if aimed and hits >= LANE_TARGET_HITS else None
            name = f"{label}: {lane.name.lower()} {where} ({hits} hits)"
            rows.append(Row(name, f1(*counts[:, i]), "", limit, True))
    for name in RANKED_LANES:
        said, was = np.concatenate(tally.pairs[name], axis=1)
        rows.append(Row(f"{label}: velocity rank correlation, {name.replace('_', ' ')}",
                        rank_correlation(said, was), "", 0.7, True))  # fmt: skip
        rows.append(Row(f"{label}: the same within a loop, {name.replace('_', ' ')}",
                        float(np.nanmean(tally.within[name] or [np.nan])), ""))  # fmt: skip
    return rows


def tempo_rows(label: str, fold: Fold, data: Path) -> list[Row]:
    """The figures of tempo: exactly cut, and with something around the loop."""
    exact: dict[str, list[bool]] = defaultdict(list)
    loose: dict[str, list[bool]] = defaultdict(list)
    sure: dict[bool, list[float]] = {True: [], False: []}
    scores = _scores(data, (0.5, 1, 2, 4, 8), TEMPO_LOOPS, MACHINE_TEMPO_LOOPS)
    for number, (score, kit) in enumerate(_played(fold, scores)):
        condition = renders.CONDITIONS[number % 3]
        bars = f"{score.beats / 4:g} bars"
        audio = renders.finish(renders.render(score, kit), condition)
        reading = _read(audio, fold.listener)
        exact[bars].append(_near(reading.bpm, score.bpm))
        sure[exact[bars][-1]].append(reading.confidence)
        kind, audio = _surrounded(score, kit, condition, number)
        bpm = _read(audio, fold.listener).bpm
        right = any(_near(bpm, score.bpm * factor) for factor in (0.5, 1, 2))
        loose[bars].append(right)
        if score.beats >= 4:
            loose[kind].append(right)
    every = [right for key, part in loose.items() if not key.endswith("bars") for right in part]
    rows = [
        Row(f"{label}: tempo of exactly cut renders right",
            100 * float(np.mean(np.concatenate(list(exact.values())))), "%", 90, True),
        *_shares(f"{label}: exactly cut", exact),
        *(
            Row(f"{label}: exactly cut, mean confidence where {word} ({len(sure[right])} loops)",
                100 * float(np.mean(sure[right] or [np.nan])), "%")
            for right, word in ((True, "right"), (False, "wrong"))
        ),
        Row(f"{label}: tempo with silence or a tail, within 0.5 %, by a factor of two",
            100 * float(np.mean(every)), "%", 80, True),
        *_shares(f"{label}: with something around", loose),
    ]  # fmt: skip
    return rows


def _shares(label: str, parts: dict[str, list[bool]]) -> list[Row]:
    return [
        Row(f"{label}, {key} ({len(part)} loops)", 100 * float(np.mean(part)), "%")
        for key, part in sorted(parts.items())
    ]


def _near(bpm: float, wanted: float) -> bool:
    return abs(bpm / wanted - 1) < 0.005


def _surrounded(score: renders.Score, kit: Kit, condition: str, number: int) -> tuple[str, Floats]:
    """A render with up to half a second of something around it."""
    random = np.random.default_rng(stable_seed("around", score.name))
    around = random.uniform(0.0, 0.5)
    kind = ("silence before", "silence after", "ringing out")[(number // 3 + number) % 3]
    if kind == "ringing out":
        return kind, renders.finish(renders.render(score, kit, after=around), condition)
    audio = renders.finish(renders.render(score, kit), condition)
    silence = round(around * RATE)
    before = kind == "silence before"
    return kind, np.pad(audio, (silence, 0) if before else (0, silence))


def _read(audio: Floats, listener: Listener) -> LoopReading:
    return read_sound(Audio(Path("hidden.wav"), audio, RATE), None, listener)


def stated_rows(data: Path) -> list[Row]:
    """The loops whose tempo is known, under a name that says nothing."""
    rows, right = [], 0
    with TemporaryDirectory() as folder:
        for name, bpm in STATED_BPM.items():
            audio = read_audio(data / "loops" / f"{name}.flac")
            hidden = Audio(Path(folder) / "hidden.flac", audio.samples, audio.rate)
            found = read_sound(hidden).bpm
            right += _near(found, bpm)
            rows.append(Row(f"{name}, {bpm:g} bpm, read as", found, "bpm"))
    return [Row("loops with a stated tempo read right, of 7", right, "", 6, True), *rows]

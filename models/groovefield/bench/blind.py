"""Pairs of grooves for people to judge what numbers cannot: which is more like a drummer?

Field, randomisers and real drummers, two at a time with the same number of hits at one tempo,
through the plugin's own kit, on one page that tells nothing before the answers are given:
``groovefield bench blind`` writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from groovefield.bench.blind_audio import Kit, loudness, matched
from groovefield.bench.blind_page import Spoken, compressed, decoded, page
from groovefield.bench.pad import data_folder
from groovefield.bench.table import CannotMeasure, Row, Table
from groovefield.field.decoder import Decoder, default_model, load_decoder
from groovefield.material.dataset import Material, load_gmd
from groovefield.pattern import Floats, Hits
from groovefield.quality import rivals
from groovefield.quality.scores import Bank

FIELD, RANDOMISER, DRUMMER = "the field", "a randomiser", "a real drummer"
KINDS = (FIELD, RANDOMISER, DRUMMER)
MATCHES = ((FIELD, RANDOMISER), (FIELD, DRUMMER), (RANDOMISER, DRUMMER))
EACH = 8
"""Pairs of each match."""

SEED = 1
CANDIDATES = 2_000
"""Places, and patterns of each randomiser, among which one with as many hits is looked for."""

FEWEST_HITS = 6
SLOWEST, FASTEST = 80.0, 160.0
"""Tempos of the drummers that are taken, in bpm: a pair is to last seconds, not half a minute."""

Rng = np.random.Generator


@dataclass(frozen=True)
class Clip:
    """A window to be heard: what it is, and where it is from in words."""

    kind: str
    origin: str
    hits: Hits

    @property
    def struck(self) -> int:
        """Cells that are struck."""
        return int(self.hits.onset.sum())


@dataclass(frozen=True)
class Pair:
    """Two clips in the order in which they are offered, at one tempo."""

    a: Clip
    b: Clip
    bpm: float

    @property
    def clips(self) -> tuple[Clip, Clip]:
        """A and B."""
        return self.a, self.b


def measure(out: Path) -> Table:
    """Draw the pairs, render them, and write the page to ``out``.

    Raises:
        CannotMeasure: the data or the plugin is not there, or a page cannot be made.
        OSError: the page cannot be written.
    """
    root = data_folder() / "gmd"
    train, held_out = load_gmd(root, "train"), load_gmd(root, "validation")
    pairs = draw(load_decoder(default_model()), train, held_out, EACH, np.random.default_rng(SEED))
    return write(pairs, out)


# ---------------------------------------------------------------- what is compared


def draw(decoder: Decoder, train: Material, held_out: Material, each: int, rng: Rng) -> list[Pair]:
    """``each`` pairs of every match in an order drawn by ``rng``.

    The first of a pair is drawn freely, a drummer where one is in it; the other among those with
    as many hits, or one more or less. No two drummers are of one file. Raises `CannotMeasure`.
    """
    field = on_the_pad(decoder, CANDIDATES, rng)
    seed = int(rng.integers(2**32))
    randomisers = drawn_cells(train, CANDIDATES, seed), perturbed(train, CANDIDATES, seed)
    drummers = real(held_out, rng)
    tempos = np.array([clip.hits.bpm for clip in drummers])
    free = {FIELD: iter(list(field)), DRUMMER: iter(drummers)}
    pairs = []
    for match in MATCHES:
        for n in range(each):
            pool = randomisers[n % 2] if RANDOMISER in match else field
            first, second = _as_dense(free[DRUMMER if DRUMMER in match else FIELD], pool, rng)
            bpm = first.hits.bpm if DRUMMER in match else float(rng.choice(tempos))
            a, b = (first, second) if rng.random() < 0.5 else (second, first)
            pairs.append(Pair(a, b, bpm))
    return [pairs[i] for i in rng.permutation(len(pairs)).tolist()]


def _as_dense(free: Iterator[Clip], pool: list[Clip], rng: Rng) -> tuple[Clip, Clip]:
    """The next clip that has its like in the pool, and that, which is taken out."""
    struck = np.array([clip.struck for clip in pool])
    for clip in free:
        alike = np.flatnonzero(np.abs(struck - clip.struck) <= 1)
        if clip.struck >= FEWEST_HITS and len(alike):
            return clip, pool.pop(int(rng.choice(alike)))
    raise CannotMeasure("There are too few drummers' windows with as many hits as the others.")


def on_the_pad(decoder: Decoder, count: int, rng: Rng) -> list[Clip]:
    """What a field plays at threshold 0.5 at places drawn over the pad, other latents too."""
    place = rng.random((count, decoder.latents)).astype(np.float32)
    played = decoder.decode_many(place)
    on = played[:, 0] > 0.5
    words = [", ".join(f"{value:.3f}" for value in p) for p in place.tolist()]
    return _clips(FIELD, [f"at {w}" for w in words], on, played[:, 1], played[:, 2], decoder)


def drawn_cells(train: Material, count: int, seed: int) -> list[Clip]:
    """Patterns whose cells strike, each for itself, as often as in training."""
    return _of_bank("cells drawn", rivals.drawn_cells(train, seed), count, train)


def perturbed(train: Material, count: int, seed: int) -> list[Clip]:
    """Training patterns, each with some cells drawn anew, so that all strike as often as before."""
    return _of_bank("training pattern perturbed", rivals.perturbed(train, seed), count, train)


def _of_bank(origin: str, bank: Bank, count: int, train: Material) -> list[Clip]:
    on = bank.probability[:count] > 0.5
    origins = [origin] * len(on)
    return _clips(RANDOMISER, origins, on, bank.velocity[:count], bank.offset[:count], train)


def _clips(
    kind: str, origins: list[str], on: NDArray[np.bool_], velocity: Floats, offset: Floats,
    of: Decoder | Material,
) -> list[Clip]:  # fmt: skip
    """Clips of (n, lanes, steps) arrays; a struck cell has the least velocity there is or more."""
    struck = np.where(on, np.maximum(velocity, 1 / 127), 0).astype(np.float32)
    late = np.where(on, offset, 0).astype(np.float32)
    return [
        Clip(kind, origin, Hits(v, o, of.grid))
        for origin, v, o in zip(origins, struck, late, strict=True)
    ]


def real(held_out: Material, rng: Rng) -> list[Clip]:
    """One window of every file at a bearable tempo, in an order drawn."""
    files: dict[str, list[int]] = {}
    for i, tags in enumerate(held_out.tags):
        if SLOWEST <= held_out.bpm[i] <= FASTEST:
            files.setdefault(str(tags["file"]), []).append(i)
    chosen = [int(rng.choice(windows)) for windows in files.values()]
    return [
        Clip(DRUMMER, f"gmd, {held_out.names[i]}", held_out.hits(i))
        for i in rng.permutation(chosen).tolist()
    ]


# ---------------------------------------------------------------- the page and its figures


def write(pairs: list[Pair], out: Path, note: Callable[[str], None] = print) -> Table:
    """Render the pairs and write the page; ``note`` is told where.

    Raises:
        CannotMeasure: the plugin cannot be loaded, or no audio can be compressed.
        OSError: the page cannot be written.
    """
    kit = Kit()
    spoken: list[Spoken] = []
    levels: dict[str, list[float]] = {kind: [] for kind in KINDS}
    apart = 0.0
    for pair in pairs:
        dry = [kit.play(clip.hits, pair.bpm) for clip in pair.clips]
        for clip, audio in zip(pair.clips, dry, strict=True):
            levels[clip.kind].append(loudness(audio))
        a, b = (compressed(audio) for audio in matched(dry))
        apart = max(apart, abs(loudness(decoded(a)) - loudness(decoded(b))))
        kinds, origins = (pair.a.kind, pair.b.kind), (pair.a.origin, pair.b.origin)
        spoken.append(Spoken((a, b), kinds, origins))
    text = page(spoken)
    out.write_text(text, "utf-8")
    note(f"{out.resolve()} is written: open it in a browser, and listen.")
    return _table(pairs, levels, apart, len(text.encode()))


def _table(pairs: list[Pair], levels: dict[str, list[float]], apart: float, size: int) -> Table:
    struck = {kind: [c.struck for p in pairs for c in p.clips if c.kind == kind] for kind in KINDS}
    furthest = max(abs(pair.a.struck - pair.b.struck) for pair in pairs)
    rows = [Row("pairs", len(pairs), "")]
    rows += [Row(f"mean hits, {kind}", float(np.mean(struck[kind])), "") for kind in KINDS]
    rows.append(Row("hits by which a pair differs, at most", furthest, "", 1))
    rows += [
        Row(f"loudness before it is matched, {kind}", float(np.mean(levels[kind])), "LUFS")
        for kind in KINDS
    ]
    rows.append(Row("loudness by which a pair differs, at most", apart, "LU", 0.5))
    rows.append(Row("the page", size / 1e6, "MB"))
    bpm = [pair.bpm for pair in pairs]
    conditions = (
        "The default model at places drawn over the pad; cells drawn at their frequency in the "
        f"training split of gmd, and patterns of it with {100 * rivals.REDRAWN:.0f} % of the cells "
        "so drawn, both with each cell's mean velocity and offset; one window of a file of gmd's "
        f"validation split. Two bars twice at {min(bpm):.0f} to {max(bpm):.0f} bpm through the "
        f"plugin's kit, A and B and the pairs in an order drawn (seed {SEED}).",
    )
    return Table("blind", "Pairs to be judged by ear", conditions, tuple(rows))

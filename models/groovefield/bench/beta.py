"""Beta: how warm the posterior is while a field trains, and what that does to it."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")

from matplotlib.figure import Figure

from groovefield.bench.pad import data_folder
from groovefield.bench.table import Matrix, Row, Table
from groovefield.field.picture import paint
from groovefield.quality import protocol
from groovefield.quality.fields import SIDE, Trial, answers
from groovefield.quality.protocol import Sets
from groovefield.quality.scores import Bank, pad_scores, score, search

BETAS = (0.0, 0.5, 1.0, 2.0, 4.0)
SHOWN = 3
"""Patterns drawn beside what each field plays for them."""

COLUMNS = ("F1", "AP", "F1 enc.", "AP enc.", "neighbours", "furthest", "distinct", "3+ hits %")


def measure(out: Path) -> Table:
    """Trains five fields, a few minutes each the first time, and draws them as a PNG.

    Raises:
        CannotMeasure: the data is not there.
    """
    sets = protocol.by_session(data_folder() / "gmd")
    truth, found = sets.truth, {}
    for trial, answer in answers([Trial(beta=beta) for beta in BETAS], sets):
        found[trial.beta] = answer
    rows = []
    for beta in BETAS:
        pad, encoded = found[beta].pad, score(found[beta].encoded, truth)
        searched, scores = score(search(pad, truth), truth), pad_scores(pad, 4)
        rows.append((f"beta {beta:g}", (
            searched.f1, searched.precision, encoded.f1, encoded.precision,
            scores.neighbours, scores.furthest_neighbours, scores.distinct, 100 * scores.playing,
        )))  # fmt: skip
    draw({beta: found[beta].pad for beta in BETAS}, sets, out)
    conditions = (
        "gmd's train split, a part of it held out by session and asked for; one seed each; "
        f"reconstructions and pads are drawn in {out.name}.",
    )
    best = max(row[1][0] for row in rows)
    matrix = Matrix("Found again, by beta", COLUMNS, tuple(rows))
    summary = (Row("the best F1 by search", best, ""),)
    return Table("beta", "Beta", conditions, summary, matrices=(matrix,))


def draw(pads: dict[float, Bank], sets: Sets, out: Path) -> None:
    """A row for each beta: the pad, then what it plays for some of the windows asked for."""
    truth = sets.truth
    some = np.linspace(0, len(truth) - 1, SHOWN + 2).astype(int)[1:-1]
    figure = Figure(figsize=(3 + 3.4 * SHOWN, 2.1 * (len(pads) + 1)), facecolor="#15161a")
    axes = figure.subplots(len(pads) + 1, SHOWN + 1)
    asked = truth.onset[some].astype(float)
    for row, (beta, bank) in enumerate([(None, None), *pads.items()]):
        played = asked if bank is None else search(bank, truth).probability[some]
        for column, axis in enumerate(axes[row]):
            axis.set_axis_off()
            if column:
                axis.imshow(played[column - 1], aspect="auto", cmap="magma", vmin=0, vmax=1)
            elif bank is not None:
                cells = bank.probability.reshape(SIDE, SIDE, *bank.probability.shape[1:])
                axis.imshow(paint(cells), origin="lower")
        title = "asked for" if beta is None else f"beta {beta:g}"
        axes[row][0].text(0.5, 1.04, title, transform=axes[row][0].transAxes, color="#e8e6e1",
                          ha="center", fontsize=11)  # fmt: skip
    figure.subplots_adjust(0.02, 0.02, 0.98, 0.95, 0.06, 0.22)
    figure.savefig(out, dpi=110)

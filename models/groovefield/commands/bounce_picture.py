"""The picture of a bounce: the path on the pad, and every note with its velocity and offset."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray

matplotlib.use("Agg")

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from groovefield.field.decoder import load_decoder
from groovefield.lanes import LANES

INK, FAINT, PAPER, PANEL = "#e8e6e1", "#77777f", "#15161a", "#1e2026"
BEATS_PER_BAR = 4
BARS_A_ROW = 4
# From cool to warm over the song: readable on the dark panel and with any colour vision.
COLOURS = LinearSegmentedColormap.from_list("song", ("#7db8ff", "#e9ecef", "#ffb14e"))


def draw(
    events: NDArray[np.void],
    path: Mapping[str, NDArray[np.float64]],
    per_beat: int,
    target: Path,
) -> None:
    """Draws a PNG.

    Args:
        events: the event record (``layout.EVENT``).
        path: X and Y along the song, ``per_beat`` values a beat.
        per_beat: see above.
        target: the file to write.
    """
    beats = len(path["X"]) / per_beat
    bars = int(np.ceil(beats / BEATS_PER_BAR))
    rows = int(np.ceil(bars / BARS_A_ROW))
    figure = Figure(figsize=(16, 2.2 + 2.3 * max(rows, 2)), facecolor=PAPER)
    grid = figure.add_gridspec(
        rows, 2, width_ratios=(0.29, 0.71), left=0.062, right=0.985, top=0.9, bottom=0.06,
        wspace=0.12, hspace=0.22,
    )  # fmt: skip
    figure.text(0.062, 0.945, "Groovefield", color=INK, fontsize=19, weight="bold")
    figure.text(
        0.19, 0.947, f"{len(events)} notes along a path over the pad, {bars} bars, "
        f"{events['bpm'].min():.0f} to {events['bpm'].max():.0f} bpm", color=FAINT, fontsize=12,
    )  # fmt: skip
    _draw_pad(figure.add_subplot(grid[: max(1, (rows + 1) // 2), 0]), path, beats, per_beat)
    if rows > 1:
        _draw_offsets(figure.add_subplot(grid[(rows + 1) // 2 :, 0]), events)
    for row in range(rows):
        first = row * BARS_A_ROW * BEATS_PER_BAR
        _draw_bars(figure.add_subplot(grid[row, 1]), events, first, beats, row == rows - 1)
    figure.savefig(target, dpi=110, facecolor=PAPER)


def _style(axes: Axes) -> None:
    axes.set_facecolor(PANEL)
    axes.tick_params(colors=FAINT, labelsize=8, length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _draw_pad(
    axes: Axes, path: Mapping[str, NDArray[np.float64]], beats: float, per_beat: int
) -> None:
    _style(axes)
    default = resources.files("groovefield") / "data/default.groovefield"
    with resources.as_file(default) as file:
        picture = load_decoder(file).picture
    if picture is not None:
        axes.imshow(picture, origin="lower", extent=(0, 1, 0, 1), interpolation="bicubic")
    step = max(1, per_beat // 24)
    points = np.stack([path["X"][::step], path["Y"][::step]], axis=1)
    segments = np.stack([points[:-1], points[1:]], axis=1)
    axes.plot(path["X"], path["Y"], color=PAPER, linewidth=5.5, solid_capstyle="round")
    line = LineCollection(list(segments), cmap=COLOURS, linewidths=2.6, capstyle="round")
    line.set_array(np.linspace(0, beats, len(segments)))
    axes.add_collection(line)
    for bar in range(0, int(beats // BEATS_PER_BAR), 2):
        at = bar * BEATS_PER_BAR * per_beat
        axes.annotate(
            str(bar + 1), (path["X"][at], path["Y"][at]), color=PAPER, fontsize=7.5, ha="center",
            va="center", bbox={"boxstyle": "circle,pad=0.22", "fc": INK, "ec": PAPER},
        )  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=(), yticks=())
    axes.set_title("The path, numbered by bar", color=INK, fontsize=10, loc="left")


def _draw_offsets(axes: Axes, events: NDArray[np.void]) -> None:
    _style(axes)
    line = events["grid_step"] / events["steps_per_beat"]
    late = (events["song_beats"] - line) * 60_000 / events["bpm"]
    rng = np.random.default_rng(0)
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.scatter(
        late, events["lane"] + rng.uniform(-0.28, 0.28, len(events)), s=7,
        c=events["song_beats"], cmap=COLOURS, linewidths=0, alpha=0.85,
    )  # fmt: skip
    used = np.unique(events["lane"])
    axes.set_yticks(used, [LANES[i].name if i < len(LANES) else str(i) for i in used])
    axes.invert_yaxis()
    axes.set_xlabel("early   ms from the grid   late", color=FAINT, fontsize=8)
    axes.set_title("Micro-timing by lane", color=INK, fontsize=10, loc="left")


def _draw_bars(
    axes: Axes, events: NDArray[np.void], first: int, beats: float, labels: bool
) -> None:
    _style(axes)
    last = first + BARS_A_ROW * BEATS_PER_BAR
    lanes = int(events["lane"].max()) + 1
    for beat in range(first, last + 1):
        strong = beat % BEATS_PER_BAR == 0
        axes.axvline(beat, color=INK if strong else FAINT, lw=0.7, alpha=0.55 if strong else 0.25)
    shown = events[(events["song_beats"] >= first - 0.2) & (events["song_beats"] < last)]
    line = shown["grid_step"] / shown["steps_per_beat"]
    colours = [tuple(c) for c in COLOURS(shown["song_beats"] / beats).tolist()]
    height = shown["velocity"] / 127 * 0.84
    base = lanes - shown["lane"] - 1 + 0.06
    # A faint foot from the grid line to where the hit sounds, then the hit, as tall as it is loud.
    axes.hlines(base, line, shown["song_beats"], colors=INK, linewidth=1.0, alpha=0.7)
    axes.vlines(shown["song_beats"], base, base + height, colors=colours, linewidth=3.0)
    names = [LANES[i].name if i < len(LANES) else str(i) for i in range(lanes)]
    axes.set_yticks(lanes - np.arange(lanes) - 0.5, names)
    axes.set(xlim=(first - 0.15, last), ylim=(0, lanes))
    axes.set_xticks(range(first, last, BEATS_PER_BAR))
    axes.set_xticklabels([f"bar {b // BEATS_PER_BAR + 1}" for b in range(first, last, 4)])

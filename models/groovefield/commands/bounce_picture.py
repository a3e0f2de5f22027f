"""The picture of a bounce: the path on the pad, and every note with its velocity and offset."""

from __future__ import annotations

from collections.abc import Mapping
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
from groovefield.lanes import MELODY_LANE
from groovefield.material.report import count

INK, LABEL, FAINT, PAPER, PANEL = "#e8e6e1", "#b9b9c0", "#77777f", "#15161a", "#1e2026"
BEATS_PER_BAR = 4
BARS_A_ROW = 4
# From cool to warm over the song: readable on the dark panel and with any colour vision.
COLOURS = LinearSegmentedColormap.from_list("song", ("#7db8ff", "#e9ecef", "#ffb14e"))


def draw(
    events: NDArray[np.void],
    path: Mapping[str, NDArray[np.float64]],
    per_beat: int,
    target: Path,
    model: Path,
) -> None:
    """Draws a PNG.

    Args:
        events: the event record (``layout.EVENT``).
        path: X and Y along the song, ``per_beat`` values a beat.
        per_beat: see above.
        target: the file to write.
        model: the file of the model that was played.
    """
    played = load_decoder(model)
    names = [lane.name for lane in played.lanes]
    melody = events["lane"] == MELODY_LANE
    if melody.any():  # below the drums
        events = events.copy()
        events["lane"][melody] = len(names)
        names = [*names, "Melody"]
    beats = len(path["X"]) / per_beat
    bars = int(np.ceil(beats / BEATS_PER_BAR))
    rows = int(np.ceil(bars / BARS_A_ROW))
    figure = Figure(figsize=(17, 2.2 + 2.7 * max(rows, 2)), facecolor=PAPER)
    grid = figure.add_gridspec(
        rows, 2, width_ratios=(0.29, 0.71), left=0.075, right=0.985, top=0.9, bottom=0.06,
        wspace=0.16, hspace=0.22,
    )  # fmt: skip
    figure.text(0.075, 0.945, "Groovefield", color=INK, fontsize=19, weight="bold")
    low, high = (f"{bpm:.0f}" for bpm in (events["bpm"].min(), events["bpm"].max()))
    tempo = low if low == high else f"{low} to {high}"
    figure.text(
        0.2, 0.947,
        f"{played.name}: {count(len(events), 'note')}, {count(bars, 'bar')}, {tempo} bpm",
        color=LABEL, fontsize=14,
    )  # fmt: skip
    pad = figure.add_subplot(grid[: max(1, (rows + 1) // 2), 0])
    _draw_pad(pad, path, beats, per_beat, played.picture)
    if rows > 1:
        _draw_offsets(figure.add_subplot(grid[(rows + 1) // 2 :, 0]), events, names)
    for row in range(rows):
        first = row * BARS_A_ROW * BEATS_PER_BAR
        _draw_bars(figure.add_subplot(grid[row, 1]), events, first, beats, names)
    figure.savefig(target, dpi=110, facecolor=PAPER)


def _style(axes: Axes) -> None:
    axes.set_facecolor(PANEL)
    axes.tick_params(colors=LABEL, labelsize=11, length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _draw_pad(
    axes: Axes, path: Mapping[str, NDArray[np.float64]], beats: float, per_beat: int,
    picture: NDArray[np.uint8],
) -> None:  # fmt: skip
    _style(axes)
    axes.imshow(picture, origin="lower", extent=(0, 1, 0, 1), interpolation="bicubic")
    step = max(1, per_beat // 24)
    points = np.stack([path["X"][::step], path["Y"][::step]], axis=1)
    segments = np.stack([points[:-1], points[1:]], axis=1)
    axes.plot(path["X"], path["Y"], color=PAPER, linewidth=6.5, solid_capstyle="round")
    line = LineCollection(list(segments), cmap=COLOURS, linewidths=3.2, capstyle="round")
    line.set_array(np.linspace(0, beats, len(segments)))
    axes.add_collection(line)
    for place, text in _labels(path, beats, per_beat):
        axes.annotate(
            text, place, color=PAPER, fontsize=12, weight="bold", ha="center", va="center",
            bbox={"boxstyle": "round,pad=0.3", "fc": INK, "ec": PAPER},
        )  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=(), yticks=())
    axes.set_title("The path, numbered by bar", color=INK, fontsize=13, loc="left")


def _labels(
    path: Mapping[str, NDArray[np.float64]], beats: float, per_beat: int
) -> list[tuple[tuple[float, float], str]]:
    """The bars at which a place is reached, places visited twice once, and where the path ends."""
    found: dict[tuple[float, float], list[str]] = {}
    before = None
    for bar in range(int(beats // BEATS_PER_BAR)):
        at = bar * BEATS_PER_BAR * per_beat
        place = (round(float(path["X"][at]), 3), round(float(path["Y"][at]), 3))
        if place != before:
            found.setdefault(place, []).append(str(bar + 1))
        before = place
    if before is not None:
        found[before].append("end")
    return [(place, ", ".join(bars)) for place, bars in found.items()]


def _draw_offsets(axes: Axes, events: NDArray[np.void], names: list[str]) -> None:
    _style(axes)
    line = events["grid_step"] * 2 / events["steps_per_two_beats"]
    late = (events["song_beats"] - line) * 60_000 / events["bpm"]
    rng = np.random.default_rng(0)
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.scatter(
        late, events["lane"] + rng.uniform(-0.28, 0.28, len(events)), s=7,
        c=events["song_beats"], cmap=COLOURS, linewidths=0, alpha=0.85,
    )  # fmt: skip
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.invert_yaxis()
    axes.set_xlabel("early   ms from the grid   late", color=LABEL, fontsize=11)
    axes.set_title("Micro-timing by lane", color=INK, fontsize=13, loc="left")


def _draw_bars(
    axes: Axes, events: NDArray[np.void], first: int, beats: float, names: list[str]
) -> None:
    _style(axes)
    last = first + int(min(BARS_A_ROW * BEATS_PER_BAR, beats))  # a short song has no empty bars
    lanes = len(names)
    for beat in range(first, last + 1):
        strong = beat % BEATS_PER_BAR == 0
        axes.axvline(beat, color=INK if strong else FAINT, lw=0.7, alpha=0.55 if strong else 0.25)
    shown = events[(events["song_beats"] >= first - 0.2) & (events["song_beats"] < last)]
    line = shown["grid_step"] * 2 / shown["steps_per_two_beats"]
    colours = [tuple(c) for c in COLOURS(shown["song_beats"] / beats).tolist()]
    height = shown["velocity"] / 127 * 0.84
    base = lanes - shown["lane"] - 1 + 0.06
    # A faint foot from the grid line to where the hit sounds, then the hit, as tall as it is loud.
    axes.hlines(base, line, shown["song_beats"], colors=INK, linewidth=1.0, alpha=0.7)
    axes.vlines(shown["song_beats"], base, base + height, colors=colours, linewidth=3.0)
    axes.set_yticks(lanes - np.arange(lanes) - 0.5, names)
    axes.set(xlim=(first - 0.15, last), ylim=(0, lanes))
    axes.set_xticks(range(first, last, BEATS_PER_BAR))
    axes.set_xticklabels([f"bar {b // BEATS_PER_BAR + 1}" for b in range(first, last, 4)])

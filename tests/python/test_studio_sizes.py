"""The studio's window on small screens: everything can be read, and nothing is beside its page."""

from __future__ import annotations

from pathlib import Path

import pytest
from loops_library import rock_audio, write_audio
from material_library import rock_bars, write_midi
from studio_library import until, window  # noqa: F401

pytest.importorskip("pyqtgraph", exc_type=ImportError)

from groovefield.lanes import LANES
from groovefield.studio.inside_view import NAMES, WORDS
from groovefield.studio.pattern_view import TITLE
from groovefield.studio.waveform_view import WAVE_SHARE
from groovefield.studio.window import StudioWindow
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QWidget,
)

# Of 1280 x 700, and of 1920 x 1080 at 200 %.
SIZES = [(1280, 700), (960, 540)]
OTHERS = [(1400, 860), (1900, 700)]
READ = 10
"""Pixels of the lowest row in which a name is read."""


def show(window: StudioWindow, path: Path) -> None:
    window.material.add([path])
    window._show_file(path)
    until(lambda: window.file.detail is not None and window.file.detail.path == path)
    QTest.qWait(50)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["loop", "midi"])
def test_the_file_page_is_never_wider_than_its_room(
    window: StudioWindow, tmp_path: Path, size: tuple[int, int], kind: str
) -> None:
    window.resize(*size)
    name = "a_name_without_any_gap_that_is_wider_than_the_page_at_200_percent" + 12 * "_of_it"
    if kind == "loop":
        show(window, write_audio(tmp_path / f"{name}.wav", rock_audio(2, 120)))
    else:
        show(window, write_midi(tmp_path / f"{name}.mid", rock_bars(2)))
    assert (window.width(), window.height()) == size
    page, room = window.file.widget(), window.file.viewport().width()
    assert page.width() <= room
    fields = window.file.corrections
    wanted: list[QWidget] = [fields.grid, fields.window_number, fields.forget]
    wanted += [fields.bpm, fields.start] if kind == "loop" else [fields.drum_map, fields.rule]
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QLabel)
    parts = [part for each in kinds for part in page.findChildren(each) if part.isVisible()]
    assert set(wanted) <= set(parts)
    assert (len([part for part in parts if part in window.file.lanes]) == len(LANES)) == (
        kind == "loop"
    )
    for part in parts:
        left = part.mapTo(page, QPoint(0, 0)).x()
        assert left >= 0 and left + part.width() <= room, part
        if part is not window.file.said:
            assert part.width() >= part.minimumSizeHint().width(), part
    said = window.file.said
    assert said.height() >= said.heightForWidth(said.width())
    letters, wrapped = said.fontMetrics(), int(Qt.TextFlag.TextWordWrap)
    lines = letters.boundingRect(QRect(0, 0, said.width(), 999), wrapped, QLabel.text(said))
    assert lines.width() <= said.width()
    assert name in said.text()
    for one in parts:  # nothing lies over another
        for other in parts:
            if one is not other and one.parentWidget() is other.parentWidget() is not None:
                assert not one.geometry().intersects(other.geometry()), (one, other)


@pytest.mark.parametrize("size", SIZES)
def test_a_lane_has_room_for_its_name(
    window: StudioWindow, tmp_path: Path, size: tuple[int, int]
) -> None:
    window.resize(*size)
    show(window, write_audio(tmp_path / "rock.wav", rock_audio(2, 120)))
    window.go_to_item(100)
    QApplication.processEvents()
    for view in (window.here, window.original, window.item, window.file.pattern):
        assert (view.height() - TITLE - 2) / len(LANES) >= READ, view.accessibleName()
    area = window.file.wave._area()
    assert area.height() * (1 - WAVE_SHARE) / len(LANES) >= READ


def test_a_title_that_is_cut_ends_in_an_ellipsis_and_is_whole_in_its_tooltip(
    window: StudioWindow,
) -> None:
    window.resize(960, 540)
    whole = "Zwölf, trained on 326 patterns of a session of one long and rainy evening"
    window.said.setText(whole)
    QApplication.processEvents()
    assert window.said.shown.endswith("…") and window.said.shown != whole
    assert window.said.text() == window.said.toolTip() == whole
    window.here.show_nothing(whole, "")
    assert "…" in window.here.shown_title and window.here.toolTip() == whole
    for short in ("Zwölf", "Default"):
        window.said.setText(short)
        window.here.show_nothing(short, "")
        assert window.said.shown == window.here.shown_title == short
        assert window.said.toolTip() == window.here.toolTip() == ""


@pytest.mark.parametrize("size", SIZES + OTHERS)
def test_the_latent_plot_is_square_and_its_legend_is_under_it(
    window: StudioWindow, size: tuple[int, int]
) -> None:
    window.tabs.setCurrentWidget(window.latents)
    window.resize(*size)
    QTest.qWait(50)
    plot, legend = window.latents.plot, window.latents.legend
    view = plot.getPlotItem().vb
    (left, right), (low, high) = view.viewRange()
    assert right - left == pytest.approx(high - low, rel=0.03)
    across, up = view.viewPixelSize()
    assert across == pytest.approx(up, rel=1e-3)
    assert left < 0 and right > 1 and low < 0 and high > 1
    assert len(legend.items) == 8
    drawn = legend.mapRectToScene(QRectF(0, 0, legend.width(), legend.height()))
    square = view.mapRectToScene(view.boundingRect())
    assert drawn.top() >= square.bottom() and plot.sceneRect().contains(drawn)
    # Nothing larger would fit: it goes from side to side, or from the top to the legend.
    free = min(plot.width() - square.width(), plot.height() - square.height() - drawn.height())
    assert free < 80 and square.width() > 180


def test_the_words_on_the_network_are_whole(window: StudioWindow) -> None:
    font = QFont(window.inside.font())
    font.setPixelSize(11)
    letters = QFontMetrics(font)
    for layer in window.inside._layers[:-1]:
        assert letters.horizontalAdvance(layer.name) <= NAMES - 4, layer.name
        assert letters.horizontalAdvance(layer.meaning) <= WORDS - 8, layer.meaning
    window.density.setValue(2)
    assert window.inside.said == f"{window.here.hits()} hits play, those over 98 %"
    assert letters.horizontalAdvance("over 98 %") <= NAMES - 8

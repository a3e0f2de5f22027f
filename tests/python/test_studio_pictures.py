"""Pictures that the studio saves: the drawing shows what the window shows, axes and all.

The picture of the window in docs/images is made here too:

    GROOVEFIELD_SHOTS=docs/images pytest tests/python/test_studio_pictures.py -k whole_window
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from development_data import data_root
from loops_library import rock_audio, write_audio
from numpy.typing import NDArray
from studio_library import states, until, window  # noqa: F401

pytest.importorskip("pyqtgraph", exc_type=ImportError)

from groovefield.studio.window import StudioWindow
from groovefield.trainer import events
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest

BLOCK = 16


def blocks(image: QImage) -> NDArray[np.float64]:
    """Mean colours of squares, so that the edges of letters do not count."""
    raw = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(raw.constBits(), np.uint8).reshape(raw.height(), raw.width(), 4)
    down, across = raw.height() // BLOCK, raw.width() // BLOCK
    cut = pixels[: down * BLOCK, : across * BLOCK, :3].astype(float)
    out: NDArray[np.float64] = cut.reshape(down, BLOCK, across, BLOCK, 3).mean((1, 3))
    return out


def drawn(path: Path, size: QSize) -> QImage:
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(path)).render(painter)
    painter.end()
    return image


def test_a_drawing_is_the_same_as_the_picture(window: StudioWindow, tmp_path: Path) -> None:
    window.material.add([write_audio(tmp_path / "rock.wav", rock_audio(2, 120))])
    window.material.table.setCurrentItem(window.material.table.topLevelItem(0))
    until(lambda: window.file.detail is not None)
    window.go_to_item(15_300)
    lines = [events.Epoch(n, 9, 100 / n, None, 0.2 / n, 0.3 / n, 1.0) for n in range(1, 10)]
    window.training.curves.show()
    window.training.curves.show_epochs(lines)
    pictures = [path for path in window.save_pictures(tmp_path) if path.suffix == ".png"]
    assert len(pictures) == len(window.pictures)
    for path in pictures:
        picture = QImage(str(path))
        drawing = drawn(path.with_suffix(".svg"), picture.size())
        apart = np.abs(blocks(picture) - blocks(drawing)).max()
        assert apart < 60, (path.name, apart)  # of 255; axes of another scale are far more apart


def test_the_whole_window_with_material_of_real_drummers(
    window: StudioWindow, tmp_path: Path
) -> None:
    data = data_root("loops/loop_breakbeat.flac")
    folder = tmp_path / "My grooves"
    folder.mkdir()
    for file in sorted((data / "gmd/drummer1/session1").glob("*_beat_4-4.mid"))[:12]:
        shutil.copyfile(file, folder / f"take {file.name.replace('_', ' ')}")
    shutil.copyfile(data / "loops/loop_breakbeat.flac", folder / "loop_breakbeat.flac")
    (folder / "cover.mid").write_bytes(b"\x89PNG\r\n")
    window.material.add([folder])
    until(lambda: len(states(window)) == 14)
    top = window.material.table.topLevelItem(0)
    assert top is not None
    window.material.table.setCurrentItem(top.child(5))
    until(lambda: len(window.map._marked.data) > 0)
    window.tabs.setCurrentIndex(0)
    assert window.file.detail is not None
    keys = [key.tobytes() for key in window.model.names.keys]
    marked = [item for item, key in enumerate(keys) if key in window.file.detail.keys]

    def missed(item: int) -> int:
        played = window.decoder.decode(window.model.items[item]).probability > 0.5
        return int((played != window.looked.originals[keys[item]].onset).sum())

    item = min(marked, key=missed)
    window.go_to_item(item)
    window.map._point_at(item)
    QTest.qWait(100)
    assert window.original.hits() > 10 and window.item.hits() > 10
    picture = window.grab().toImage()
    colours = {picture.pixel(x, y) for x in range(0, 1400, 5) for y in range(0, 860, 5)}
    assert len(colours) > 2_000
    picture.save(str(Path(os.environ.get("GROOVEFIELD_SHOTS", tmp_path)) / "studio.png"))

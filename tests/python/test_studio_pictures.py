"""Pictures that the studio saves: the drawing shows what the window shows, axes and all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from loops_library import rock_audio, write_audio
from numpy.typing import NDArray
from studio_library import until, window  # noqa: F401

pytest.importorskip("pyqtgraph", exc_type=ImportError)

from groovefield.studio.window import StudioWindow
from groovefield.trainer import events
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

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

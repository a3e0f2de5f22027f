"""Every picture of the studio as a file: PNG at twice its size on the screen, or SVG."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAction, QImage, QPainter, QPalette
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QGraphicsView, QMenu, QMessageBox, QWidget

SCALE = 2


def save(view: QWidget, path: Path) -> None:
    """Write what a view shows; the end of the name says how.

    Raises:
        OSError: it cannot be written there.
        ValueError: the name ends in neither ``.png`` nor ``.svg``.
    """
    kind = path.suffix.lower()
    if kind == ".png":
        image = QImage(view.size() * SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(SCALE)
        _draw(view, QPainter(image))
        if not image.save(str(path)):
            raise OSError(f"{path} cannot be written.")
    elif kind == ".svg":
        made = QSvgGenerator()
        made.setFileName(str(path))
        made.setSize(view.size())
        # Fonts and the axes of plots are as large as at the screen's resolution.
        made.setResolution(view.logicalDpiX())
        made.setViewBox(QRect(QPoint(), view.size()))
        made.setTitle(view.accessibleName() or "Groovefield")
        painter = QPainter()
        if not painter.begin(made):
            raise OSError(f"{path} cannot be written.")
        _draw(view, painter)
    else:
        raise ValueError(f"A picture is saved as .png or .svg, not as {path.name}.")


def save_all(views: Mapping[str, QWidget], folder: Path) -> list[Path]:
    """Each of them by its name, as PNG and as SVG. Raises `OSError`."""
    made = [folder / f"{name}.{end}" for name in views for end in ("png", "svg")]
    for path in made:
        save(views[path.stem], path)
    return made


def _draw(view: QWidget, painter: QPainter) -> None:
    size: QSize = view.size()
    painter.fillRect(QRect(QPoint(), size), view.palette().color(QPalette.ColorRole.Window))
    if isinstance(view, QGraphicsView):
        # Dots are pictures on the screen; in a file they are drawn.
        parts = [item for item in view.scene().items() if hasattr(item, "setExportMode")]
        for part in parts:
            part.setExportMode(True, {"antialias": True})
        view.render(painter, QRect(QPoint(), size), QRect(QPoint(), view.viewport().size()))
        for part in parts:
            part.setExportMode(False)
    else:
        view.render(painter, QPoint())
    painter.end()


def ask(view: QWidget) -> None:
    """Ask where to and save it there; what goes wrong is said."""
    name = view.accessibleName() or "picture"
    chosen, filtered = QFileDialog.getSaveFileName(
        view.window(), "Save the picture", f"{name}.png", "PNG picture (*.png);;SVG drawing (*.svg)"
    )
    if not chosen:
        return
    path = Path(chosen)
    if path.suffix.lower() not in (".png", ".svg"):
        path = path.with_name(path.name + (".svg" if "svg" in filtered else ".png"))
    try:
        save(view, path)
    except (OSError, ValueError) as error:
        QMessageBox.warning(view.window(), "The picture was not saved", str(error))


def offer(view: QWidget) -> QAction:
    """A menu on the view's right mouse button (and menu key) that saves it as a picture."""
    action = QAction("Save this picture…", view)
    action.triggered.connect(lambda: ask(view))
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def popup(at: QPoint) -> None:
        menu = QMenu(view)
        menu.addAction(action)
        menu.popup(view.mapToGlobal(at))

    view.customContextMenuRequested.connect(popup)
    return action

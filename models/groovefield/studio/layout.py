"""Where in the window everything is: material and training, the field, what plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from groovefield.studio.window import StudioWindow

TABS = ("Map", "Latents", "File", "Models")
WIDTHS = (380, 560, 430)
LEGEND = (
    "Bright places play many hits; places of like colour sound alike. Dots are what it was "
    "trained on, faint where they lie off the slice shown, ringed if of the file that is chosen. "
    "Diamonds are running plugins."
)


def lay_out(window: StudioWindow) -> QTabWidget:
    """Put the window's parts in their places; returns the pages in its middle."""
    tabs = _pages(window)
    top = _row(window.models)
    top.addWidget(window.said, 1)
    density = QLabel("Density")
    density.setBuddy(window.density)
    bottom = _row(density)
    bottom.addWidget(window.density, 1)
    for part in (window.styles, window.attached):
        bottom.addWidget(part)
    middle = QWidget()
    column = QVBoxLayout(middle)
    column.addLayout(top)
    column.addWidget(tabs, 1)
    column.addWidget(window.slice)
    column.addLayout(bottom)
    left = QWidget()
    column = QVBoxLayout(left)
    column.setContentsMargins(9, 6, 9, 6)
    column.addWidget(window.material, 1)
    column.addWidget(window.training)
    splitter = QSplitter()
    for side in (_scrolled(left), middle, _scrolled(window.compare)):
        splitter.addWidget(side)
    splitter.setSizes(WIDTHS)
    splitter.setStretchFactor(1, 1)
    window.setCentralWidget(splitter)
    return tabs


def _pages(window: StudioWindow) -> QTabWidget:
    map_page, legend = QWidget(), QLabel(LEGEND)
    legend.setObjectName("quiet")
    legend.setWordWrap(True)
    column = QVBoxLayout(map_page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(window.map, 1)
    column.addWidget(legend)
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    tabs.tabBar().setDrawBase(False)
    pages: tuple[QWidget, ...] = (map_page, window.latents, window.file, window.library)
    for page, name in zip(pages, TABS, strict=True):
        tabs.addTab(page, name)
    return tabs


def _row(first: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(first)
    return row


def _scrolled(side: QWidget) -> QScrollArea:
    """A side of the window that is scrolled where the window is too low for it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(side)
    area.setMinimumWidth(side.minimumSizeHint().width())
    return area

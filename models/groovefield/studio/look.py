"""Colours of the studio, dark and light: the plugin's (``plugin/editor/palette.h``)."""

from __future__ import annotations

from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True)
class Look:
    """A scheme; each value is ``#rrggbb``."""

    well: str
    ground: str
    panel: str
    raised: str
    line: str
    quiet: str
    text: str
    accent: str
    on_accent: str
    warning: str
    lane_depth: int = 100
    """How much darker than in the plugin the lanes are, in percent: pale ones fade on white."""


DARK = Look("#0d0f13", "#14161b", "#1a1c22", "#262931", "#2b2e36", "#8d919b", "#ebeef7",
            "#d4ed5c", "#0d0f13", "#f9b64f")  # fmt: skip
LIGHT = Look("#ffffff", "#f2f3f6", "#e8eaef", "#dcdfe6", "#c9cdd6", "#5d626e", "#14161b",
             "#5f7300", "#ffffff", "#a35f00", 140)  # fmt: skip

LANES = ("#f69835", "#ee6570", "#80ebf7", "#44a8e7", "#816bd8", "#af8ceb", "#d8b8f5", "#f89dc9",
         "#eed286", "#3bb5a1", "#a4f2cf")  # fmt: skip
"""In the order of the lane table; further lanes take them in turn."""


LABELS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")
"""For labels of items, chosen so that they stay apart with any kind of colour vision."""


def lane_colour(lane: int, look: Look) -> QColor:
    """The colour of a lane, that of the plugin."""
    return QColor(LANES[lane % len(LANES)]).darker(look.lane_depth)


def wear(app: QApplication, look: Look) -> None:
    """Let every widget of the application look so."""
    app.setStyle("Fusion")
    pg.setConfigOption("mouseRateLimit", 0)  # else where the mouse comes to rest may be missed
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, look.ground),
        (roles.Base, look.well),
        (roles.AlternateBase, look.panel),
        (roles.Button, look.raised),
        (roles.WindowText, look.text),
        (roles.Text, look.text),
        (roles.ButtonText, look.text),
        (roles.PlaceholderText, look.quiet),
        (roles.Highlight, look.accent),
        (roles.HighlightedText, look.on_accent),
        (roles.ToolTipBase, look.panel),
        (roles.ToolTipText, look.text),
        (roles.Mid, look.line),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.ButtonText, roles.WindowText, roles.Text):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(look.quiet))
    app.setPalette(palette)
    app.setStyleSheet(
        f"QPushButton {{ border: 1px solid transparent; border-radius: 4px; padding: 5px 11px;"
        f" background: {look.raised}; }}"
        f"QPushButton:hover {{ background: {look.line}; }}"
        f"QPushButton#primary {{ background: {look.accent}; color: {look.on_accent};"
        f" font-weight: 600; }}"
        f"QPushButton#primary:disabled, QPushButton:disabled {{ background: {look.panel};"
        f" color: {look.quiet}; }}"
        f"QLineEdit, QComboBox {{ border: 1px solid {look.line}; border-radius: 4px;"
        f" padding: 4px 6px; background: {look.well}; }}"
        f"QTreeWidget {{ border: 1px solid {look.line}; background: {look.well}; }}"
        f"QGraphicsView {{ border: 1px solid {look.well}; }}"
        f"QAbstractSpinBox {{ min-height: 22px; }}"
        f"QAbstractSpinBox QLineEdit {{ border: 0; padding: 0; background: transparent; }}"
        f"QPushButton#chip {{ padding: 3px 7px; font-size: 11px; }}"
        f"QPushButton#chip:checked {{ color: #0d0f13; }}"
        f"QTabWidget::pane {{ border: 0; }}"
        f"QTabBar::tab {{ padding: 6px 14px; color: {look.quiet}; background: {look.ground};"
        f" border-bottom: 2px solid transparent; }}"
        f"QTabBar::tab:selected {{ color: {look.text}; border-bottom-color: {look.accent}; }}"
        f"QTabBar::tab:focus {{ color: {look.accent}; }}"
        f"QMenuBar {{ background: {look.ground}; color: {look.text}; }}"
        f"QMenuBar::item:selected, QMenu::item:selected {{ background: {look.raised};"
        f" color: {look.text}; }}"
        f"QMenu {{ background: {look.panel}; color: {look.text}; border: 1px solid {look.line}; }}"
        f"QHeaderView::section {{ border: 0; padding: 4px; background: {look.ground};"
        f" color: {look.quiet}; }}"
        f"QLabel#title {{ font-weight: 600; font-size: 15px; }}"
        f"QLabel#quiet {{ color: {look.quiet}; }}"
        f"QSlider, QCheckBox {{ border: 1px solid transparent; border-radius: 4px; }}"
        # Wherever the keys go is seen.
        f"QPushButton:focus, QLineEdit:focus, QComboBox:focus, QTreeWidget:focus,"
        f" QGraphicsView:focus, QCheckBox:focus, QSlider:focus"
        f" {{ border: 1px solid {look.accent}; }}"
        f"QPushButton#primary:focus {{ border: 2px solid {look.text}; padding: 4px 10px; }}"
        f"QLabel#warning {{ color: {look.warning}; }}"
        f"QSplitter::handle {{ background: {look.ground}; }}"
    )

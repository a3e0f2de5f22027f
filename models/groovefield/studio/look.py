"""Colours of the studio, dark and light: the plugin's (``plugin/editor/palette.h``)."""

from __future__ import annotations

from dataclasses import dataclass

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


DARK = Look("#0d0f13", "#14161b", "#1a1c22", "#262931", "#2b2e36", "#8d919b", "#ebeef7",
            "#d4ed5c", "#0d0f13", "#f9b64f")  # fmt: skip
LIGHT = Look("#ffffff", "#f2f3f6", "#e8eaef", "#dcdfe6", "#c9cdd6", "#5d626e", "#14161b",
             "#5f7300", "#ffffff", "#a35f00")  # fmt: skip

LANES = ("#f69835", "#ee6570", "#80ebf7", "#44a8e7", "#816bd8", "#af8ceb", "#d8b8f5", "#f89dc9",
         "#eed286", "#3bb5a1", "#a4f2cf")  # fmt: skip
"""In the order of the lane table; further lanes take them in turn."""


def lane_colour(lane: int) -> QColor:
    """The colour of a lane, the same as in the plugin."""
    return QColor(LANES[lane % len(LANES)])


def wear(app: QApplication, look: Look) -> None:
    """Let every widget of the application look so."""
    app.setStyle("Fusion")
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
        f"QPushButton {{ border: 0; border-radius: 4px; padding: 6px 12px;"
        f" background: {look.raised}; }}"
        f"QPushButton:hover {{ background: {look.line}; }}"
        f"QPushButton:focus {{ border: 1px solid {look.quiet}; }}"
        f"QPushButton#primary {{ background: {look.accent}; color: {look.on_accent};"
        f" font-weight: 600; }}"
        f"QPushButton#primary:disabled, QPushButton:disabled {{ background: {look.panel};"
        f" color: {look.quiet}; }}"
        f"QLineEdit, QComboBox, QSpinBox {{ border: 1px solid {look.line}; border-radius: 4px;"
        f" padding: 4px 6px; background: {look.well}; }}"
        f"QTableWidget {{ border: 0; gridline-color: transparent; background: {look.well}; }}"
        f"QHeaderView::section {{ border: 0; padding: 4px; background: {look.ground};"
        f" color: {look.quiet}; }}"
        f"QLabel#title {{ font-weight: 600; font-size: 15px; }}"
        f"QLabel#quiet {{ color: {look.quiet}; }}"
        f"QLabel#warning {{ color: {look.warning}; }}"
        f"QSplitter::handle {{ background: {look.ground}; }}"
    )

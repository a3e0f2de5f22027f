"""What was dropped: a table of files and folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

KINDS = {".mid": "MIDI", ".midi": "MIDI", ".smf": "MIDI"}


class MaterialView(QWidget):
    """Drop files and folders here, or choose them."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.paths: list[Path] = []
        self._table = QTableWidget(0, 2)
        self._table.setHorizontalHeaderLabels(["Material", "Kind"])
        self._table.verticalHeader().hide()
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setMinimumHeight(120)
        self._table.setAccessibleName("Material to train on")
        self._hint = QLabel("Drop MIDI files, loops or folders here.")
        self._hint.setObjectName("quiet")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel("Material")
        title.setObjectName("title")
        buttons = QHBoxLayout()
        for text, action in (
            ("Add files…", self._choose_files),
            ("Add folder…", self._choose_folder),
            ("Remove", self.remove_selected),
        ):
            button = QPushButton(text)
            button.clicked.connect(action)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (title, self._table, self._hint):
            column.addWidget(part)
        column.addLayout(buttons)

    def add(self, paths: Sequence[Path]) -> None:
        """Add files and folders that are not there yet."""
        for path in paths:
            if path in self.paths:
                continue
            self.paths.append(path)
            row = self._table.rowCount()
            self._table.insertRow(row)
            kind = "folder" if path.is_dir() else KINDS.get(path.suffix.lower(), "loop")
            for column, text in enumerate((path.name, kind if path.exists() else "missing")):
                item = QTableWidgetItem(text)
                item.setToolTip(str(path))
                self._table.setItem(row, column, item)
        self._hint.setVisible(not self.paths)
        self.changed.emit()

    def remove_selected(self) -> None:
        """Take the selected rows off the table; the files stay where they are."""
        for row in sorted({i.row() for i in self._table.selectedIndexes()}, reverse=True):
            self._table.removeRow(row)
            del self.paths[row]
        self._hint.setVisible(not self.paths)
        self.changed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders are welcome."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add them."""
        self.add([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def _choose_files(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(
            self, "MIDI files and loops to train on", "",
            "Grooves (*.mid *.midi *.smf *.wav *.aif *.aiff *.flac *.ogg *.mp3)",
        )  # fmt: skip
        self.add([Path(name) for name in chosen])

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "A folder to train on")
        if chosen:
            self.add([Path(chosen)])

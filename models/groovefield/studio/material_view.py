"""What was dropped: files and folders, and what became of each file."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from groovefield.material.notes import printable
from groovefield.material.report import FileReport, count
from groovefield.studio.labels import Sentence
from groovefield.studio.look import Look

MOST_ROWS = 5_000
"""Files of a folder that are listed; the rest is counted."""
FILL_SECONDS = 0.015
"""For so long the table is filled before the mouse and the keys are heard again."""
PATH = Qt.ItemDataRole.UserRole


class MaterialView(QWidget):
    """Files and folders to train on, and what became of each; the window takes what is dropped."""

    changed = Signal()
    chosen = Signal(object)
    """The path of the file that is to be looked at."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._quiet, self._warning = QBrush(QColor(look.quiet)), QBrush(QColor(look.warning))
        self._filling: Iterator[None] = iter(())
        self.paths: list[Path] = []
        self.table = QTreeWidget()
        self.table.setHeaderLabels(["Material", "State"])
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(0)  # the rows that are seen; all of them take seconds
        self.table.setUniformRowHeights(True)
        self.table.setIndentation(12)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # bars and takes end a name
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setMinimumHeight(120)
        self.table.setAccessibleName("Material to train on")
        self.table.currentItemChanged.connect(self._choose)
        self.table.itemClicked.connect(lambda item, _: self._choose(item))
        self._hint = QLabel("Drop MIDI files, audio loops or folders\nanywhere in this window.")
        self._hint.setObjectName("quiet")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self.table.viewport()).addWidget(self._hint)
        self.summary = Sentence()
        self.summary.setObjectName("quiet")
        self.summary.hide()
        title = QLabel("Material")
        title.setObjectName("title")
        buttons = QHBoxLayout()
        add_files, add_folder, self.remove = (
            QPushButton(text) for text in ("Add files…", "Add folder…", "Remove")
        )
        for button, action in (
            (add_files, self.choose_files),
            (add_folder, self.choose_folder),
            (self.remove, self.remove_selected),
        ):
            button.clicked.connect(action)
            buttons.addWidget(button)
        self.table.itemSelectionChanged.connect(self._enable)
        self._enable()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (title, self.table, self.summary):
            column.addWidget(part)
        column.addLayout(buttons)

    def add(self, paths: Sequence[Path]) -> None:
        """Add files and folders that are not there yet."""
        there = set(self.paths)
        new = [path for path in dict.fromkeys(paths) if path not in there]
        if not new:
            return
        self.paths += new
        rows = [QTreeWidgetItem([path.name, "reading …"]) for path in new]
        for path, row in zip(new, rows, strict=True):
            row.setToolTip(0, str(path))
            row.setData(0, PATH, path)
        self.table.addTopLevelItems(rows)
        self._hint.setVisible(not self.paths)
        self.changed.emit()

    def show_states(self, files: Sequence[FileReport], remarks: Sequence[str] = ()) -> None:
        """What became of the files, as the import's report says it; ``remarks`` are on all."""
        self.summary.setText(" ".join(remarks))
        self.summary.setVisible(bool(remarks))
        self._filling = self._fill(files)
        self._fill_some()

    def show_unread(self, sentence: str) -> None:
        """Nothing is known of any file; the sentence says why."""
        self._filling = iter(())
        self.summary.setText(sentence)
        self.summary.show()
        for _, row in self._tops():
            row.takeChildren()
            self._state(row, None)
            row.setToolTip(1, sentence)

    def _fill_some(self) -> None:
        """Go on filling the table for a moment; a large import takes several."""
        end = time.perf_counter() + FILL_SECONDS
        for _ in self._filling:
            if time.perf_counter() > end:
                QTimer.singleShot(0, self._fill_some)
                return

    def _fill(self, files: Sequence[FileReport]) -> Iterator[None]:
        """Row by row what became of the files: single ones first, then folders."""
        taken = {file.path or file.file: file for file in reversed(files)}
        for path, row in self._tops():
            if not path.is_dir():
                own = taken.get(printable(str(path)), taken.get(printable(path.name)))
                self._state(row, own)
                yield
        for path, row in self._tops():
            if not path.is_dir():
                continue
            start = printable(str(path)).rstrip(os.sep) + os.sep
            inside = [file for file in files if file.path.startswith(start)]
            if not inside:  # the folder as a whole
                self._state(row, taken.get(printable(str(path))))
                continue
            children = []
            for file in inside[:MOST_ROWS]:
                children.append(self._child(path, file, len(start)))
                yield
            if len(inside) > MOST_ROWS:
                children.append(QTreeWidgetItem([f"and {len(inside) - MOST_ROWS} more", ""]))
            used, windows = sum(f.used for f in inside), sum(f.windows for f in inside)
            row.setText(1, f"{used} of {len(inside)}, {count(windows, 'window')}")
            row.setToolTip(1, "")
            lost = not any(f.used or f.repeats for f in inside)
            row.setData(1, Qt.ItemDataRole.ForegroundRole, self._warning if lost else None)
            row.takeChildren()
            row.addChildren(children)
            row.setExpanded(len(self.paths) == 1)
            yield

    def _tops(self) -> list[tuple[Path, QTreeWidgetItem]]:
        """What was dropped, with its row; nothing of it is gone while nobody is let in."""
        rows = [self.table.topLevelItem(number) for number in range(len(self.paths))]
        return [(path, row) for path, row in zip(self.paths, rows, strict=True) if row is not None]

    def _child(self, folder: Path, file: FileReport, start: int) -> QTreeWidgetItem:
        row = QTreeWidgetItem([file.path[start:], ""])
        row.setToolTip(0, file.path)
        row.setData(0, PATH, file.place or folder / file.path[start:])
        self._state(row, file)
        return row

    def _state(self, row: QTreeWidgetItem, file: FileReport | None) -> None:
        if file is None:
            row.setText(1, "not read")
            row.setToolTip(1, "")
            row.setForeground(1, self._warning)
            return
        bpm = f", {file.bpm:.4g} bpm" if file.bpm else ""
        # Of a copy nothing is lost: it is no warning.
        why_not = "only repeats" if file.repeats else "not used"
        row.setText(1, f"{count(file.windows, 'window')}{bpm}" if file.used else why_not)
        row.setToolTip(1, file.sentence())
        row.setForeground(1, self._quiet if file.used or file.repeats else self._warning)

    def remove_selected(self) -> None:
        """Take the selected files and folders off; they stay where they are on disk."""
        self._filling = iter(())  # what is read anew fills the table again
        rows = self._selected()
        for row in sorted(rows, reverse=True):
            self.table.takeTopLevelItem(row)
            del self.paths[row]
        self._hint.setVisible(not self.paths)
        if rows:
            self.changed.emit()

    def _selected(self) -> set[int]:
        """What can be removed of it: files and folders that were dropped, not what lies inside."""
        return {self.table.indexOfTopLevelItem(i) for i in self.table.selectedItems()} - {-1}

    def _enable(self) -> None:
        self.remove.setEnabled(bool(self._selected()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes what is selected."""
        if event.key() == Qt.Key.Key_Delete:
            self.remove_selected()
        else:
            super().keyPressEvent(event)

    def choose_files(self) -> None:
        """Ask for files to add."""
        chosen, _ = QFileDialog.getOpenFileNames(
            self, "MIDI files and loops to train on", "",
            "Grooves (*.mid *.midi *.smf *.wav *.aif *.aiff *.flac *.ogg *.mp3)",
        )  # fmt: skip
        self.add([Path(name) for name in chosen])

    def choose_folder(self) -> None:
        """Ask for a folder to add."""
        chosen = QFileDialog.getExistingDirectory(self, "A folder to train on")
        if chosen:
            self.add([Path(chosen)])

    def _choose(self, item: QTreeWidgetItem | None, _before: object = None) -> None:
        path = item.data(0, PATH) if item is not None else None
        if item is None or not isinstance(path, Path):
            return
        # Of a folder there is something to say only where nothing of it is used.
        if not path.is_dir() or item.foreground(1) == self._warning:
            self.chosen.emit(path)

"""What was dropped: files and folders, and what became of each file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor, QDragEnterEvent, QDropEvent, QKeyEvent
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
from groovefield.studio.look import Look

MOST_ROWS = 5_000
"""Files of a folder that are listed; the rest is counted."""
PATH = Qt.ItemDataRole.UserRole


class MaterialView(QWidget):
    """Drop files and folders here, or choose them."""

    changed = Signal()
    chosen = Signal(object)
    """The path of the file that is to be looked at."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setAcceptDrops(True)
        self.paths: list[Path] = []
        self.table = QTreeWidget()
        self.table.setHeaderLabels(["Material", "State"])
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.setUniformRowHeights(True)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setMinimumHeight(120)
        self.table.setAccessibleName("Material to train on")
        self.table.currentItemChanged.connect(self._choose)
        self.table.itemClicked.connect(lambda item, _: self._choose(item))
        self._hint = QLabel("Drop MIDI files, loops or folders here.")
        self._hint.setObjectName("quiet")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel("Material")
        title.setObjectName("title")
        buttons = QHBoxLayout()
        for text, action in (
            ("Add files…", self.choose_files),
            ("Add folder…", self.choose_folder),
            ("Remove", self.remove_selected),
        ):
            button = QPushButton(text)
            button.clicked.connect(action)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (title, self.table, self._hint):
            column.addWidget(part)
        column.addLayout(buttons)

    def add(self, paths: Sequence[Path]) -> None:
        """Add files and folders that are not there yet."""
        new = [path for path in dict.fromkeys(paths) if path not in self.paths]
        if not new:
            return
        for path in new:
            self.paths.append(path)
            row = QTreeWidgetItem([path.name, "reading …" if path.exists() else "missing"])
            row.setToolTip(0, str(path))
            row.setData(0, PATH, path)
            self.table.addTopLevelItem(row)
        self._hint.setVisible(not self.paths)
        self.changed.emit()

    def show_states(self, files: Sequence[FileReport]) -> None:
        """What became of the files, as the import's report says it."""
        taken: dict[str, list[FileReport]] = {}
        for file in files:
            taken.setdefault(file.path or file.file, []).append(file)
        self.table.setUpdatesEnabled(False)
        for number, path in enumerate(self.paths):
            row = self.table.topLevelItem(number)
            if row is None:
                continue
            if not path.is_dir():
                own = taken.get(printable(str(path)), taken.get(printable(path.name), []))
                self._state(row, own[0] if own else None)
                continue
            inside = [f for f in files if path in Path(f.path).parents]
            if not inside:  # the folder as a whole
                own = taken.get(str(path), [])
                self._state(row, own[0] if own else None)
                continue
            row.takeChildren()
            row.addChildren([self._child(path, file) for file in inside[:MOST_ROWS]])
            used, windows = sum(f.used for f in inside), sum(f.windows for f in inside)
            row.setText(1, f"{used} of {count(len(inside), 'file')}, {count(windows, 'window')}")
            if len(inside) > MOST_ROWS:
                row.addChild(QTreeWidgetItem([f"and {len(inside) - MOST_ROWS} more", ""]))
            row.setExpanded(len(self.paths) == 1)
        self.table.setUpdatesEnabled(True)

    def _child(self, folder: Path, file: FileReport) -> QTreeWidgetItem:
        path = Path(file.path)
        row = QTreeWidgetItem([path.relative_to(folder).as_posix(), ""])
        row.setToolTip(0, file.path)
        row.setData(0, PATH, path)
        self._state(row, file)
        return row

    def _state(self, row: QTreeWidgetItem, file: FileReport | None) -> None:
        if file is None:
            row.setText(1, "not read")
            return
        bpm = f", {file.bpm:.4g} bpm" if file.bpm else ""
        row.setText(1, f"{count(file.windows, 'window')}{bpm}" if file.used else "not used")
        row.setToolTip(1, file.sentence())
        colour = self._look.quiet if file.used else self._look.warning
        row.setForeground(1, QBrush(QColor(colour)))

    def remove_selected(self) -> None:
        """Take the selected files and folders off; they stay where they are on disk."""
        rows = {self.table.indexOfTopLevelItem(i) for i in self.table.selectedItems()}
        for row in sorted(rows - {-1}, reverse=True):
            self.table.takeTopLevelItem(row)
            del self.paths[row]
        self._hint.setVisible(not self.paths)
        if rows - {-1}:
            self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes what is selected."""
        if event.key() == Qt.Key.Key_Delete:
            self.remove_selected()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders are welcome."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add them."""
        self.add([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

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
        if isinstance(path, Path) and path.is_file():
            self.chosen.emit(path)

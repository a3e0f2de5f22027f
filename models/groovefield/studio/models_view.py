"""The library of models: what each was trained on, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHeaderView,
    QInputDialog,
    QMessageBox,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from groovefield import library
from groovefield.library import Entry, LibraryError
from groovefield.studio.background import Background
from groovefield.studio.labels import Sentence
from groovefield.studio.look import Look
from groovefield.studio.model_choice import told_apart

ENTRY = Qt.ItemDataRole.UserRole


class ModelsView(QWidget):
    """A table of the library; what is done to it is done beside the window, one after another."""

    opened = Signal(object)
    """The path of the model that is to be looked at."""
    listed = Signal(object)
    """The library's entries, whenever they were read anew."""

    def __init__(self, look: Look, background: Background) -> None:
        super().__init__()
        self._look, self._background = look, background
        self._asked = 0
        self.table = QTreeWidget()
        self.table.setHeaderLabels(["Name", "Patterns", "Beats", "Trained on"])
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAccessibleName("Models in the library")
        header = self.table.header()
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(70)
        for column in (0, 1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.table.itemActivated.connect(lambda *_: self._look_at())
        self.table.itemSelectionChanged.connect(self._enable)
        self.said = Sentence("Models that you train or import are listed here.")
        self.said.setObjectName("quiet")
        self.buttons: dict[str, QPushButton] = {}
        grid = QGridLayout()
        for number, (text, call) in enumerate((
            ("Look at", self._look_at), ("Rename…", self._rename),
            ("Duplicate", self._duplicate), ("Delete…", self._delete),
            ("Export…", self._export), ("Import…", self._import),
        )):  # fmt: skip
            button = QPushButton(text)
            button.clicked.connect(lambda _=False, call=call: call())
            grid.addWidget(button, number // 3, number % 3)
            self.buttons[text.rstrip("…")] = button
        box = QVBoxLayout(self)
        box.addWidget(self.table, 1)
        box.addWidget(self.said)
        box.addLayout(grid)
        self._enable()

    @property
    def entry(self) -> Entry | None:
        """The model that is selected."""
        rows = self.table.selectedItems()
        entry = rows[0].data(0, ENTRY) if rows else None
        return entry if isinstance(entry, Entry) else None

    def read(self) -> None:
        """Read the library anew."""
        self._do(lambda: "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 renames, Delete deletes."""
        calls = {Qt.Key.Key_F2: self._rename, Qt.Key.Key_Delete: self._delete}
        if call := calls.get(Qt.Key(event.key())):
            call()
        else:
            super().keyPressEvent(event)

    def _do(self, work: Callable[[], str]) -> None:
        """Do something with the library and list it; ``work`` gives the sentence to say."""

        def both(_gone: object) -> tuple[str, list[Entry]]:
            try:
                said = work()
            except LibraryError as reason:
                said = str(reason)
            return said, library.entries()

        # A word for each: what is to be done is done, whatever is asked for next.
        self._asked += 1
        self._background.do(f"library {self._asked}", both, self._take)

    def _take(self, found: object) -> None:
        if not isinstance(found, tuple):
            self.said.setText(f"The library cannot be read: {found}")
            return
        said, entries = found
        kept = self.entry.path if self.entry else None
        self.table.clear()
        for entry, name in zip(entries, told_apart(entries), strict=True):
            row = QTreeWidgetItem(
                [name, f"{entry.patterns:,}" if entry.patterns else "",
                 str(entry.beats or ""), entry.problem or entry.trained_on]
            )  # fmt: skip
            row.setData(0, ENTRY, entry)
            row.setToolTip(0, str(entry.path))
            row.setToolTip(3, entry.problem or entry.trained_on)
            for column in (1, 2):
                row.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
            if entry.problem:
                row.setForeground(3, QBrush(QColor(self._look.warning)))
            self.table.addTopLevelItem(row)
            if entry.path == kept:
                row.setSelected(True)
        if said or entries:
            self.said.setText(said)
        self._enable()
        self.listed.emit(entries)

    def _enable(self) -> None:
        entry = self.entry
        for name, button in self.buttons.items():
            good = entry is not None and not entry.problem
            button.setEnabled(good or name == "Import" or (name == "Delete" and entry is not None))

    def _look_at(self) -> None:
        if self.entry and not self.entry.problem:
            self.opened.emit(self.entry.path)

    def _rename(self) -> None:
        entry = self.entry
        if entry is None or entry.problem:
            return
        name, yes = QInputDialog.getText(self, "Rename", "Name of the model", text=entry.name)
        if yes and name.strip() != entry.name:
            self._do(lambda: f"It is called {library.rename(entry, name.strip()).name} now.")

    def _duplicate(self) -> None:
        entry = self.entry
        if entry is None or entry.problem:
            return

        def work() -> str:
            name = library.free_name(f"{entry.name} copy")
            return f"{library.duplicate(entry, name).name} is a copy of {entry.name}."

        self._do(work)

    def _delete(self) -> None:
        entry = self.entry
        if entry is None:
            return
        asked = QMessageBox.question(self, "Delete", f"Delete {entry.name} for good?\n{entry.path}")
        if asked == QMessageBox.StandardButton.Yes:

            def work() -> str:
                library.delete(entry)
                return f"{entry.name} was deleted."

            self._do(work)

    def _export(self) -> None:
        entry = self.entry
        if entry is None or entry.problem:
            return
        named, _ = QFileDialog.getSaveFileName(
            self, "Export the model", entry.path.name, "Models (*.groovefield)",
            options=QFileDialog.Option.DontConfirmOverwrite,  # the library keeps what is there
        )  # fmt: skip
        if named:
            self._do(lambda: f"A copy is in {library.take_out(entry, Path(named))}.")

    def _import(self) -> None:
        named, _ = QFileDialog.getOpenFileNames(self, "Models", "", "Models (*.groovefield)")

        def work() -> str:
            said = []
            for name in named:
                try:
                    said.append(f"{library.bring_in(Path(name)).name} is in your library.")
                except LibraryError as reason:
                    said.append(str(reason))
            return " ".join(said)

        if named:
            self._do(work)

"""The window's menus: everything that can be done, with its key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from groovefield.studio import export

if TYPE_CHECKING:
    from groovefield.studio.window import StudioWindow

KEYS = (
    ("On the map", "arrows move, with Shift further; Enter goes to the nearest dot"),
    ("In the latent plot", "arrows go from dot to dot"),
    ("On a waveform", "left and right go from onset to onset, plus and minus nearer and further"),
    ("In the material", "Delete takes off what is selected"),
    ("In the models", "Enter looks at one, F2 renames, Delete deletes"),
    ("Everywhere", "Tab goes on, Shift+Tab back; the menu key saves a picture"),
)


def make(window: StudioWindow) -> None:
    """Give the window its menus."""
    bar = window.menuBar()
    _files(window, bar.addMenu("&File"))
    training = window.training
    menu = bar.addMenu("&Training")
    entries = [
        _entry(menu, "Train", "Ctrl+T", training.start),
        _entry(menu, "Pause or go on", "Ctrl+P", training.pause.click),
        _entry(menu, "Look now", "Ctrl+L", training.hear.click),
        _entry(menu, "Finish", "Ctrl+Return", training.finish.click),
        _entry(menu, "Cancel", "Ctrl+.", training.cancel.click),
    ]

    def enable() -> None:
        entries[0].setEnabled(training.train.isEnabled())
        for entry in entries[1:]:
            entry.setEnabled(training.running)

    training.enabled.connect(enable)
    enable()
    menu = bar.addMenu("&View")
    for number in range(window.tabs.count()):
        name = window.tabs.tabText(number)
        _entry(menu, name, f"Ctrl+{number + 1}",
               lambda number=number: window.tabs.setCurrentIndex(number))  # type: ignore[misc]  # fmt: skip
    _entry(bar.addMenu("&Help"), "Keys", "F1", lambda: _show_keys(window))


def _files(window: StudioWindow, menu: QMenu) -> None:
    _entry(menu, "Open model…", "Ctrl+O", lambda: _choose_model(window))
    _entry(menu, "Add files…", "Ctrl+Shift+O", window.material.choose_files)
    _entry(menu, "Add folder…", "Ctrl+Shift+F", window.material.choose_folder)
    menu.addSeparator()
    saves = menu.addMenu("Save picture")
    entries = []
    for name, picture in window.pictures.items():
        action = export.offer(picture)
        own = QAction(name.capitalize() + "…", menu)
        own.triggered.connect(action.trigger)
        saves.addAction(own)
        entries.append((own, picture))

    def offer() -> None:
        window.latents.draw()
        empty = window.empty_pictures
        for own, picture in entries:
            own.setEnabled(picture not in empty)

    saves.aboutToShow.connect(offer)
    _entry(menu, "Save all pictures…", "Ctrl+Shift+E", lambda: _choose_pictures(window))
    menu.addSeparator()
    _entry(menu, "Quit", "Ctrl+Q", window.close)


def _entry(menu: QMenu, text: str, keys: str, call: Callable[[], object]) -> QAction:
    action = QAction(text, menu)
    action.setShortcut(QKeySequence(keys))
    action.triggered.connect(lambda: call())
    menu.addAction(action)
    return action


def _choose_model(window: StudioWindow) -> None:
    name, _ = QFileDialog.getOpenFileName(window, "A model", "", "Models (*.groovefield)")
    if name:
        window.choose_model(Path(name))


def _choose_pictures(window: StudioWindow) -> None:
    folder = QFileDialog.getExistingDirectory(window, "A folder for the pictures")
    if not folder:
        return
    try:
        made = window.save_pictures(Path(folder))
        window.said.setText(f"{len(made)} pictures are in {folder}.")
    except OSError as error:
        window.said.setText(str(error))


def _show_keys(window: StudioWindow) -> None:
    rows = "".join(f"<tr><td><b>{where}</b>&nbsp;&nbsp;</td><td>{what}</td></tr>"
                   for where, what in KEYS)  # fmt: skip
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Keys", f"<table>{rows}</table>", parent=window)
    box.setInformativeText("The menus show the keys of what they do.")
    box.open()

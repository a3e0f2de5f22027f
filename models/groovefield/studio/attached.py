"""The plugins that run now: where each is on the map, and the one that the map moves."""

from __future__ import annotations

from groovefield_bridge.events import Instance, instances
from groovefield_bridge.segment import Segment, SegmentRefused
from groovefield_bridge.wishes import WishWriter
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

FOLLOW_EVERY = 33
"""Milliseconds between two looks at where running plugins are."""
FIND_EVERY = 1_000


class Attached(QWidget):
    """Says how many plugins run and which of them goes where the map is clicked or dragged."""

    watched = Signal(object, int)
    """[(x, y)] where the plugins are, 0..1, and which of them the map moves (-1: none)."""

    def __init__(self) -> None:
        super().__init__()
        self._running: dict[Instance, Segment] = {}
        self._seen: tuple[list[tuple[float, float]], int] = ([], -1)
        self.said = QLabel("No plugin runs.")
        self.said.setObjectName("quiet")
        self.said.setWordWrap(True)
        self.moves = QComboBox()
        self.moves.setAccessibleName("Plugin that the map moves")
        self.moves.setToolTip("Clicking and dragging on the map moves this plugin's X and Y.")
        self.moves.addItem("move none", None)
        self.moves.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.said)
        row.addWidget(self.moves)
        self._timers = []
        for every, call in ((FOLLOW_EVERY, self._watch), (FIND_EVERY, self.look_for)):
            timer = QTimer(self)
            timer.timeout.connect(call)
            timer.start(every)
            self._timers.append(timer)

    def look_for(self) -> None:
        """Which plugins run now; a file that cannot be read is passed over."""
        found = instances()
        before = set(self._running)
        self._running = {i: s for i, s in self._running.items() if i in found}
        for instance in found:
            if instance not in self._running:
                try:
                    self._running[instance] = Segment.open(instance.path)
                except SegmentRefused:
                    continue
        if set(self._running) != before:
            self._list(first=not before)

    def steer(self, x: float, y: float, held: bool) -> None:
        """Have the chosen plugin go there; ``held`` while more of the same movement comes."""
        instance = self.moves.currentData()
        if isinstance(instance, Instance) and (segment := self._running.get(instance)):
            WishWriter(instance, segment).move(x, y, held)

    def stop(self) -> None:
        """The window closes."""
        for timer in self._timers:
            timer.stop()

    def _list(self, first: bool) -> None:
        chosen = self.moves.currentData()
        self.moves.clear()
        self.moves.addItem("move none", None)
        for number, instance in enumerate(self._running):
            one = len(self._running) == 1
            self.moves.addItem("move it" if one else f"move plugin {number + 1}", instance)
        at = next((i for i in range(1, self.moves.count()) if self.moves.itemData(i) == chosen), 0)
        count = len(self._running)
        # One that comes alone is moved; of several, or after theirs is gone, the user chooses.
        self.moves.setCurrentIndex(1 if first and count == 1 else at)
        said = {0: "No plugin runs.", 1: "1 plugin runs:"}
        self.said.setText(said.get(count, f"{count} plugins run:"))
        self.moves.setVisible(count > 0)

    def _watch(self) -> None:
        places = []
        for instance, segment in self._running.items():
            control = segment.controls[instance.slot]
            places.append((float(control["x"]), float(control["y"])))
        seen = (places, self.moves.currentIndex() - 1)
        if seen != self._seen:
            self._seen = seen
            self.watched.emit(*seen)

"""A layout that goes on in the next line where a line is full, as words do."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QLayoutItem, QWidget


class Flow(QLayout):
    """Lays widgets beside each other in lines; it is never wider than its widest widget asks."""

    def __init__(self, parent: QWidget, gap: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setSpacing(gap)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """As `QLayout` wants it."""
        self._items.append(item)

    def count(self) -> int:
        """As `QLayout` wants it."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """As `QLayout` wants it."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """As `QLayout` wants it."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """None: what is left of a line stays empty."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high its lines are together."""
        return self._lay(QRect(0, 0, width, 0), put=False)

    def sizeHint(self) -> QSize:
        """As narrow as can be: it takes the width that there is."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """That of its widest widget, and of one line."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rect: QRect) -> None:
        """Put the widgets in their places."""
        super().setGeometry(rect)
        self._lay(rect, put=True)

    def _lay(self, rect: QRect, put: bool) -> int:
        gap, y = self.spacing(), rect.y()
        lines: list[list[tuple[QLayoutItem, QSize]]] = [[]]
        x = 0
        for item in self._items:
            if item.isEmpty():  # hidden
                continue
            size = item.sizeHint()
            size.setWidth(min(size.width(), rect.width()))
            if lines[-1] and x + size.width() > rect.width():
                lines.append([])
                x = 0
            lines[-1].append((item, size))
            x += size.width() + gap
        for line in lines:
            x, high = rect.x(), max((size.height() for _, size in line), default=0)
            for item, size in line:
                if put:
                    middle = y + (high - size.height()) // 2
                    item.setGeometry(QRect(QPoint(x, middle), size))
                x += size.width() + gap
            y += high + gap
        return y - gap - rect.y()


def named(text: str, part: QWidget) -> QWidget:
    """A field with its name before it, which stay together in a line."""
    pair, label = QWidget(), QLabel(text)
    label.setBuddy(part)
    row = QHBoxLayout(pair)
    row.setContentsMargins(0, 0, 6, 0)
    row.addWidget(label)
    row.addWidget(part, 1)
    return pair

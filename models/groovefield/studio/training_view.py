"""Training seen: what to make, start, pause, hear, stop, and the curves while it goes on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from groovefield import library
from groovefield.studio.curves import Curves
from groovefield.studio.labels import Sentence
from groovefield.studio.look import Look
from groovefield.trainer import events
from groovefield.trainer.client import TrainingProcess
from groovefield.trainer.job import CLOSENESS, LATENTS, Job

FORMS_EVERY = 3_000
"""Milliseconds from one field on the way to asking for the next; each costs the training some."""
LOOK_EVERY = 50
"""Milliseconds between two looks at what the job told."""


def lasting(seconds: float) -> str:
    """``50 s``, ``12 min``, ``3 h 20 min``."""
    whole = round(seconds)
    if whole < 100:
        return f"{whole} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


NOTHING, READING, READY = (
    "Add some material, then train.", "Reading the material; you can train already.",
    "Ready to train.",
)  # fmt: skip
WAITING: dict[str, tuple[str, tuple[type[events.Event], ...]]] = {
    "pause": ("Pausing …", (events.Paused, events.Finishing)),
    "resume": ("Going on …", (events.Epoch, events.Finishing)),
    "audition": ("Looking at the field …", (events.Field, events.Finishing)),
    "finish": ("Finishing …", (events.Finishing,)),
    "cancel": ("Cancelling …", ()),
}
"""What is said from a word to the job until it answers, and with what it answers if not its end."""


class TrainingView(QWidget):
    """One job at a time, in a process of its own."""

    field_ready = Signal(object, bool)
    """The path of a field that can be played, and whether it is finished or is heard on the way."""
    ended = Signal(bool)
    """Whether a model came of it."""
    enabled = Signal()
    """What can be done has changed."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._process: TrainingProcess | None = None
        self.sources: list[Path] = []
        self._paused = False
        self._epochs: list[events.Epoch] = []
        self._plays_back = ""
        self._forming, self._finishing = QElapsedTimer(), QElapsedTimer()
        self._finished = 0.0
        self._asked = False
        self._refused = ""
        self._word = ""
        """What was asked of the job by hand and is not answered yet."""
        self._told, self._wrong = NOTHING, False
        self._make_form()
        self._make_buttons()
        self.curves = Curves(look)
        self.curves.hide()
        self._said = Sentence(NOTHING)
        title = QLabel("Training")
        title.setObjectName("title")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(title)
        column.addLayout(self._form)
        column.addLayout(self._buttons)
        for part in (self._said, self.curves):
            column.addWidget(part)
        column.addStretch()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._enable()

    @property
    def running(self) -> bool:
        """Whether a job is under way."""
        return self._process is not None

    def set_sources(self, paths: list[Path]) -> None:
        """What the next job trains on."""
        self.sources = paths
        self.name.setPlaceholderText(library.name_for(paths[0]) if paths else "")
        old = not self._epochs or self._told == self._refused
        self._refused = ""  # until it is read
        if not self.running and old:
            self._tell(READING if paths else NOTHING)
        self._enable()

    def set_refusal(self, sentence: str) -> None:
        """The material is read; ``sentence`` is why it cannot be trained on, or empty."""
        before, self._refused = self._refused, sentence
        if not self.running and self.sources:
            if sentence:
                self._tell(sentence, wrong=True)
            elif self._told in (READING, before):
                self._tell(READY)
        self._enable()

    @property
    def trouble(self) -> str:
        """Why Train cannot be pressed, as a sentence; empty where it can or nothing is there."""
        name = self.name.text().strip()
        if name and (not name.isprintable() or len(name.encode()) > library.NAME_BYTES):
            return f"A model's name has 1 to {library.NAME_BYTES} bytes, all of them printable."
        return self._refused

    def start(self) -> None:
        """Start a job on the present material."""
        if self._process is not None or not self.sources or self.trouble:
            return
        name = self.name.text().strip() or library.name_for(self.sources[0])
        try:
            out = library.free_path(name)
        except library.LibraryError as reason:
            self._tell(str(reason), wrong=True)
            return
        closeness = self.closeness.currentData()
        job = Job(tuple(self.sources), out, name, self.epochs.value(),
                  latents=self.latents.value(), closeness=closeness)  # fmt: skip
        self._epochs.clear()
        self._plays_back = ""
        self._finishing.invalidate()
        self.curves.show_epochs(())
        self.curves.hide()  # until there is an epoch to draw
        self._paused = False
        self._tell("Reading the material …")
        self._process = TrainingProcess(job)
        self._forming.start()
        self._asked = False
        self._timer.start(LOOK_EVERY)
        self._enable()

    def say(self, word: str) -> None:
        """Tell the job: pause, resume, finish, cancel or audition."""
        if self._process is not None and self._word != "cancel":
            self._process.say(word)
            self._word = word
            self._show_told()
            self._enable()

    def close_job(self) -> None:
        """The window closes: the job ends with the best field so far."""
        self._timer.stop()
        if self._process is not None:
            self._process.say("finish")
            self._process.let_go()
            self._process = None

    def _make_form(self) -> None:
        self.name = QLineEdit()
        self.name.setMaxLength(library.NAME_BYTES)
        self.name.textChanged.connect(self._name_changed)
        self.closeness = QComboBox()
        self.closeness.addItem("as the material allows", "")
        for word in CLOSENESS:
            self.closeness.addItem(word, word)
        self.closeness.setToolTip(
            "Exact plays your clips back as they are; free takes liberties; close lies between."
        )
        self.epochs = QSpinBox()
        self.epochs.setRange(0, 1_000_000)
        self.epochs.setSpecialValueText("until it stops improving")
        self.latents = QSpinBox()
        self.latents.setRange(LATENTS[0], LATENTS[-1])
        self.latents.setToolTip("Two are the map; more hold more, and are turned by Z3 to Z8.")
        self.forms = QCheckBox("Show the map as it forms")
        self.forms.setChecked(True)
        self.forms.setToolTip("Look at the field every few seconds while it trains.")
        self._form = QFormLayout()
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._form.setHorizontalSpacing(12)
        for label, part in (("Name", self.name), ("Closeness", self.closeness),
                            ("Epochs", self.epochs), ("Dimensions", self.latents)):  # fmt: skip
            part.setAccessibleName(label)
            self._form.addRow(label, part)
        self._form.addRow("", self.forms)

    def _make_buttons(self) -> None:
        self.train = QPushButton("Train")
        self.train.setObjectName("primary")
        self.train.clicked.connect(self.start)
        self.pause = QPushButton("Pause")
        self.pause.clicked.connect(lambda: self.say("resume" if self._paused else "pause"))
        self.hear = QPushButton("Look now")
        self.hear.setToolTip("Show the field as it is after this epoch.")
        self.hear.clicked.connect(lambda: self.say("audition"))
        self.finish = QPushButton("Finish")
        self.finish.setToolTip("End here with the best field so far.")
        self.finish.clicked.connect(lambda: self.say("finish"))
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(lambda: self.say("cancel"))
        self._buttons = QHBoxLayout()
        for button in (self.train, self.pause, self.hear, self.finish, self.cancel):
            self._buttons.addWidget(button)

    def _enable(self) -> None:
        running = self.running
        self.train.setEnabled(not running and bool(self.sources) and not self.trouble)
        for button in (self.pause, self.hear, self.finish, self.cancel):
            button.setVisible(running)
            button.setEnabled(self._word != "cancel")
        self.hear.setEnabled(self.hear.isEnabled() and bool(self._epochs))
        self.train.setVisible(not running)
        for part in (self.name, self.closeness, self.epochs, self.latents):
            part.setEnabled(not running)
        self.pause.setText("Go on" if self._paused else "Pause")
        self.enabled.emit()

    def _tell(self, text: str, wrong: bool = False) -> None:
        self._told, self._wrong = text, wrong
        self._show_told()

    def _show_told(self) -> None:
        """What the job told last, unless it has yet to answer or its name cannot be."""
        named = not self.running and self.trouble != self._refused
        said = self.trouble if named else WAITING[self._word][0] if self._word else self._told
        self._said.setObjectName("warning" if named or (self._wrong and not self._word) else "")
        self._said.style().polish(self._said)
        self._said.setText(said)

    def _name_changed(self) -> None:
        self._show_told()
        self._enable()

    def _look(self) -> None:
        if self._process is None:
            return
        for event in self._process.waiting():
            self._take(event)
        if self._process is None:
            return
        self.curves.show_epochs(self._epochs)
        if self._finishing.isValid():
            since = lasting(self._finishing.elapsed() / 1000)
            self._tell(f"Finishing the field … {self._finished:.0%} in {since}")
        due = self._epochs and self._forming.hasExpired(FORMS_EVERY)
        if self.forms.isChecked() and due and not self._asked and not self._paused:
            self._asked = True
            self._process.say("audition")

    def _take(self, event: events.Event) -> None:
        if self._word and isinstance(event, WAITING[self._word][1]):
            self._word = ""
            self._show_told()
        match event:
            case events.Reading(of=of) if of:
                self._tell(f"Reading the material … {event.done} of {of} files")
            case events.Gathered():
                self._said.setToolTip("\n".join(event.report))
                self._tell(f"Training on {event.patterns} patterns of {event.beats} beats …")
            case events.Epoch():
                self._epoch(event)
            case events.Paused():
                self._paused = True
                self._tell(f"Paused after epoch {len(self._epochs)}.")
            case events.Finishing():
                if not self._finishing.isValid():
                    self._finishing.start()
                self._finished = event.share
            case events.Field():
                self._forming.restart()
                self._asked = False
                self.field_ready.emit(Path(event.path), event.final)
            case events.Done():
                self.curves.show_epochs(self._epochs)
                said = [line for line in event.lines if line.startswith("Plays back")]
                ready = f"{Path(event.path).stem} is ready, and in your library."
                self._end(" ".join((ready, *said)), done=True)
            case events.Failed():
                self._end(event.sentence, wrong=True)
            case events.Cancelled():
                self._end("Cancelled; nothing was kept.")
            case _:
                pass
        self._enable()

    def _epoch(self, event: events.Epoch) -> None:
        self._paused = False
        self._epochs.append(event)
        self.curves.show()
        if event.clips:  # it is looked at now and then
            said = events.plays_back(
                event.exact or 0, event.clips, event.exact_windows, event.windows
            )
            self._plays_back = f" {said[0].upper()}{said[1:]}."
        left = lasting(event.seconds_left)
        self._tell(f"Epoch {event.epoch} of {event.epochs}, {left} left.{self._plays_back}")

    def _end(self, sentence: str, wrong: bool = False, done: bool = False) -> None:
        self._timer.stop()
        if self._process is not None:
            self._process.let_go()
            self._process = None
        self._paused, self._word = False, ""
        if self._refused:  # the material has been changed meanwhile
            sentence, wrong = f"{sentence} {self._refused}", True
        self._tell(sentence, wrong)
        self._enable()
        self.ended.emit(done)

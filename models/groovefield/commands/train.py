"""``groovefield train``: MIDI files become a model file.

Training has a progress bar with the losses and the time left. Ctrl-C ends it with the best
field so far; a second one, or one before the first epoch is over, leaves no file. SIGTERM and a
terminal that closes end it with the best field too, however often they come. At a terminal a
word and Enter, or its first letter, does what the plugin's and the studio's buttons do: pause,
resume, audition, finish, cancel.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any, TextIO

from tqdm import tqdm

from groovefield import library
from groovefield.commands.inspect import named_path
from groovefield.trainer import events
from groovefield.trainer.control import CancelTraining, Control, finishing_when_told
from groovefield.trainer.job import (
    ARCHITECTURES,
    CLOSENESS,
    DENSITIES,
    LATENTS,
    Job,
)
from groovefield.trainer.run import CANNOT
from groovefield.trainer.run import run as train


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``groovefield train``."""
    parser.add_argument(
        "--data", type=named_path, required=True, nargs="+", metavar="PATH",
        help="files and folders to train on",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=named_path, help="model file to write (default: in the library)"
    )
    parser.add_argument("--name", help="name of the model (default: that of the file or folder)")
    parser.add_argument("--epochs", type=_positive, help="passes over the data")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same model (default 0)")
    parser.add_argument(
        "--closeness",
        choices=CLOSENESS,
        default="",
        help="how near to the material the field stays (default: exact below 40 files, else close)",
    )
    parser.add_argument("--latents", type=int, default=2, choices=LATENTS, metavar="2..8")
    parser.add_argument("--beta", type=float, default=1.0, metavar="0..4",
                        help="how freely patterns share the pad: at 0 each belongs to one place "
                        "alone (default 1)")  # fmt: skip
    parser.add_argument("--density", choices=DENSITIES, default=DENSITIES[0],
                        help="what an onset is: yes or no, or a number")  # fmt: skip
    parser.add_argument("--architecture", choices=ARCHITECTURES, default="",
                        help="an earlier system's network, to compare with")  # fmt: skip
    parser.add_argument(
        "--default",
        action="store_true",
        help="make the default model; --data is then the folder that holds gmd/ and "
        "drum_machine_patterns/",
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Train and write; 1 with a sentence when something is wrong."""
    name = arguments.name or library.name_for(arguments.out or arguments.data[0])
    try:
        out = arguments.out or library.free_path(name)
    except library.LibraryError as reason:
        print(reason, file=sys.stderr)
        return 1
    job = Job(
        sources=tuple(arguments.data),
        out=out,
        name=name,
        epochs=arguments.epochs or 0,
        seed=arguments.seed,
        latents=arguments.latents,
        default=arguments.default,
        closeness=arguments.closeness,
        architecture=arguments.architecture,
        beta=arguments.beta,
        density=arguments.density,
    )
    shown, control = _Shown(), Control()
    if sys.stdin is not None and sys.stdin.isatty():
        # What an earlier system's network plays is known when it is copied, at the end.
        words = [w for w in Control.WORDS if w != "audition" or not job.architecture]
        print(
            f"While it trains: {', '.join(words)} (and Enter; the first letter will do).",
            flush=True,
        )
        _listen_to(control, words)
    try:
        with finishing_when_told(control):
            train(job, control, shown.say)
    except CancelTraining:
        shown.close()
        print("Cancelled; there is no file.")
        return 1
    except CANNOT as reason:
        print(reason, file=sys.stderr)
        return 1
    finally:
        shown.close()
    return 0


def _listen_to(control: Control, words: Sequence[str]) -> None:
    """Obey those of the words that are typed while the training goes on."""
    if hasattr(signal, "SIGTTIN"):
        # A job in a shell's background may not read: else trying to would stop the training.
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)

    def listen() -> None:
        try:
            for line in sys.stdin:
                typed = line.strip().lower()
                # Not by its first letter alone: "continue" is no wish to cancel.
                word = next((w for w in words if w.startswith(typed)), "")
                if typed and word:
                    control.say(word)
                elif typed:
                    print(f"{line.strip()!r} is none of {', '.join(words)}.", flush=True)
        except (OSError, ValueError):
            return  # there is nobody to listen to any more

    threading.Thread(target=listen, daemon=True).start()


def _go_unseen(stream: TextIO) -> bool:
    """Where a stream does not take what is written, let it go nowhere; whether that was so."""
    try:
        stream.flush()
        return False
    except (OSError, ValueError):
        unseen = os.open(os.devnull, os.O_WRONLY)
        with contextlib.suppress(OSError, ValueError):
            os.dup2(unseen, stream.fileno())
        os.close(unseen)
        return True


class _Lines:
    """Stderr as a log: what would be written over the line before is a line of its own."""

    def write(self, text: str) -> int:
        if line := text.strip("\r\n "):
            print(line, file=sys.stderr)
        return len(text)

    def flush(self) -> None:
        sys.stderr.flush()


def _bar(**how: Any) -> tqdm[None]:
    """A log wants a line now and then, a terminal one line that moves."""
    pace = {} if sys.stderr.isatty() else {"mininterval": 10.0, "file": _Lines()}
    return tqdm(dynamic_ncols=True, **how, **pace)


class _Shown:
    """The events as a person at a terminal reads them."""

    def __init__(self) -> None:
        self._bar: tqdm[None] | None = None
        self._plays_back = ""

    def say(self, event: events.Event) -> None:
        """Show it. Where nobody can look any more, the training goes on unseen."""
        try:
            self._show(event)
        except (OSError, ValueError) as error:
            gone = [_go_unseen(stream) for stream in (sys.stdout, sys.stderr)]
            if isinstance(error, ValueError) and not any(gone):
                raise  # it was no closed stream

    def _show(self, event: events.Event) -> None:
        match event:
            case events.Reading():
                if event.of == 0:
                    print("Reading the material ...", flush=True)
            case events.Gathered():
                print("\n".join(event.report))
                print(f"Training on {event.patterns} patterns of {event.beats} beats.", flush=True)
            case events.Epoch():
                self._epoch(event)
            case events.Finishing(share=0.0):
                self.close()
                if event.early:
                    print(f"Stopped: finishing the field of epoch {event.epoch} "
                          "(Ctrl-C again: no file).", flush=True)  # fmt: skip
                else:
                    print("Finishing the field ...", flush=True)
            case events.Paused():
                print("\nPaused; r goes on.", flush=True)
            case events.Field(final=False):
                print(f"\nEpoch {event.epoch} can be heard until the training ends: {event.path}",
                      flush=True)  # fmt: skip
            case events.Finishing():
                self._finish(event.share)
            case events.Done():
                self.close()
                print("\n".join(event.lines), flush=True)
            case _:
                pass

    def _epoch(self, event: events.Epoch) -> None:
        if self._bar is None:
            self._bar = _bar(total=event.epochs, unit=" epochs")
        held_back = "" if event.validation is None else f", validation {event.validation:.2f}"
        if event.exact is not None and event.clips is not None:
            said = events.plays_back(event.exact, event.clips, event.exact_windows, event.windows)
            self._plays_back = f", {said}"
        self._bar.set_postfix_str(
            f"loss {event.loss:.2f}{held_back}, velocity {event.velocity:.3f}, "
            f"offset {event.offset:.3f}{self._plays_back}, {event.seconds_left:.0f} s left",
            refresh=False,
        )
        self._bar.update(1)

    def _finish(self, share: float) -> None:
        if self._bar is None:
            self._bar = _bar(total=1.0, bar_format="{l_bar}{bar}| {elapsed}")
        self._bar.update(share - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

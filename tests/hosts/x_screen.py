"""A screen of its own (Xvfb), and a mouse and a keyboard for it: real X events, by XTEST."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

LEFT, RIGHT = 1, 3
ASYNCHRONOUS = 1  # X's GrabModeAsync
FIRST = 300  # of the displays' numbers
SCREEN = ("-screen", "0", "1400x1000x24", "-nolisten", "tcp")


@contextmanager
def running_screen() -> Iterator[str]:
    """The name of a display that nobody else uses."""
    if shutil.which("Xvfb") is None:
        pytest.skip("xvfb-run is not there")
    server, number = _server()
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def _server() -> tuple[subprocess.Popen[bytes], int]:
    """A server that runs, and its number.

    Not :0, which Xvfb would choose: JUCE goes there where no display is named, and what a plugin
    is in, another test's process, would end with this screen.
    """
    for number in range(FIRST, FIRST + 200):
        read, write = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", f":{number}", "-displayfd", str(write), *SCREEN],
            pass_fds=[write], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as told:
            if told.readline().strip() == str(number):
                return server, number
        server.wait()
    raise AssertionError("Xvfb did not start")


class Hands:
    """The mouse and the keyboard of a display; places are pixels of the screen."""

    def __init__(self, display: str) -> None:
        names = [ctypes.util.find_library(name) for name in ("X11", "Xtst")]
        if None in names:
            pytest.skip("libX11 and libXtst are not there")
        self._x11, self._test = (ctypes.CDLL(name) for name in names)
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XStringToKeysym.restype = ctypes.c_ulong
        self._x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(display.encode()))
        assert self._display.value, f"no display {display}"

    def close(self) -> None:
        self._x11.XCloseDisplay(self._display)

    def widest_window(self) -> tuple[int, int, int, int]:
        """X, Y, width and height of the widest window on the screen; all 0 while there is none."""
        root = ctypes.c_ulong(self._x11.XDefaultRootWindow(self._display))
        ids = (ctypes.c_ulong(), ctypes.c_ulong())
        found, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
        self._x11.XQueryTree(
            self._display, root, *map(ctypes.byref, ids), ctypes.byref(found), ctypes.byref(count)
        )
        widest = (0, 0, 0, 0)
        for i in range(count.value):
            place = [ctypes.c_int(), ctypes.c_int(), *(ctypes.c_uint() for _ in range(4))]
            if self._x11.XGetGeometry(
                self._display, ctypes.c_ulong(found[i]), ctypes.byref(ids[0]),
                *map(ctypes.byref, place),
            ):  # fmt: skip
                x, y, width, height = (part.value for part in place[:4])
                widest = max(widest, (x, y, width, height), key=lambda window: window[2])
        return widest

    def _done(self, pause: float = 0.02) -> None:
        self._x11.XSync(self._display, 0)
        time.sleep(pause)

    def pointer_is_free(self) -> bool:
        """False while a program has the pointer for itself, as one that drags a file out does."""
        root = ctypes.c_ulong(self._x11.XDefaultRootWindow(self._display))
        none = ctypes.c_ulong()
        if self._x11.XGrabPointer(
            self._display, root, 0, 0, ASYNCHRONOUS, ASYNCHRONOUS, none, none, none
        ):
            return False
        self._x11.XUngrabPointer(self._display, none)
        self._done()
        return True

    def move(self, x: float, y: float) -> None:
        self._test.XTestFakeMotionEvent(self._display, -1, round(x), round(y), 0)
        self._done()

    def press(self, button: int = LEFT) -> None:
        self._test.XTestFakeButtonEvent(self._display, button, 1, 0)
        self._done()

    def release(self, button: int = LEFT) -> None:
        self._test.XTestFakeButtonEvent(self._display, button, 0, 0)
        self._done()

    def click(self, x: float, y: float, button: int = LEFT) -> None:
        self.move(x, y)
        self.press(button)
        self.release(button)
        time.sleep(0.1)

    def drag(self, begin: tuple[float, float], end: tuple[float, float], steps: int = 12) -> None:
        self.move(*begin)
        self.press()
        for step in range(1, steps + 1):
            share = step / steps
            self.move(*(a + (b - a) * share for a, b in zip(begin, end, strict=True)))
        self.release()
        time.sleep(0.1)

    def key(self, name: str, *held: str) -> None:
        """A key by X's name for it, such as "z" or "Left", while others are held."""
        keys = [*held, name]
        codes = [
            self._x11.XKeysymToKeycode(
                self._display, ctypes.c_ulong(self._x11.XStringToKeysym(key.encode()))
            )
            for key in keys
        ]
        assert all(codes), f"no such key: {keys}"
        for code in codes:
            self._test.XTestFakeKeyEvent(self._display, code, 1, 0)
            self._done()
        for code in reversed(codes):
            self._test.XTestFakeKeyEvent(self._display, code, 0, 0)
            self._done()
        time.sleep(0.1)

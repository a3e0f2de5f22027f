"""The model process: ``python -I -m groovefield.serve --segment FILE --models DIR``.

The plugin starts it, and ends it by closing its standard input. It decodes patterns and
does nothing else; torch is never imported here.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path

from groovefield_bridge.segment import Segment, SegmentRefused
from groovefield_bridge.server import (
    DEFAULT_MODEL,
    MODELS_KEPT,
    Decoder,
    MakeDecoder,
    ModelDamaged,
    ModelMissing,
    say_ready,
    serve,
)

from groovefield import __version__
from groovefield.field.decoder import Decoder as NumpyDecoder
from groovefield.field.decoder import default_model
from groovefield.field.modelfile import FILE_BYTES, ModelFileError, parse
from groovefield.files import read_ordinary

REFUSED = 3
"""Exit code when the shared memory is not one that this package can use."""


_State = tuple[int, int, int]


def _state(path: Path) -> _State:
    """What changes with a file's content: its number, size and time. Raises OSError."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def model_opener(models: Path) -> MakeDecoder:
    """Opens models by the SHA-256 that a request carries.

    ``models`` is the plugin's private cache: the files in it are named by their hash and
    are checked against it. ``DEFAULT_MODEL`` is the model that comes with the package.
    """

    refused: dict[Path, tuple[_State, str]] = {}

    def open_model(digest: bytes) -> Decoder:
        path = default_model()
        if digest != DEFAULT_MODEL:
            path = models / f"{digest.hex()}.groovefield"
        try:
            state = _state(path)
            known = refused.get(path)
            # Every move on the pad asks again: a file is refused once, until it is another one.
            if known is not None and known[0] == state:
                raise ModelDamaged(known[1])
            content = read_ordinary(path, FILE_BYTES)
        except OSError as error:
            if digest == DEFAULT_MODEL:
                raise ModelMissing(
                    f"The default model {path} is missing; run: groovefield install"
                ) from error
            raise ModelMissing(
                f"The model of this project is not on this machine ({path}: {error.strerror})."
            ) from error
        try:
            if digest not in (DEFAULT_MODEL, hashlib.sha256(content).digest()):
                raise ModelFileError(
                    f"The model {path} was changed since it was stored:"
                    " load it again in the plugin."
                )
            return NumpyDecoder(parse(content, path.name))
        except ModelFileError as error:
            while len(refused) >= MODELS_KEPT:
                del refused[next(iter(refused))]
            refused[path] = state, str(error)
            raise ModelDamaged(str(error)) from error

    return open_model


def main(arguments: list[str] | None = None) -> int:
    """Serves until the plugin closes the line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="groovefield.serve", description=__doc__)
    parser.add_argument("--segment", type=Path, required=True, help="the plugin's shared memory")
    parser.add_argument("--models", type=Path, required=True, help="the plugin's cache of models")
    options = parser.parse_args(arguments)
    try:
        segment = Segment.open(options.segment)
    except SegmentRefused as error:
        print(f"groovefield: {error}", file=sys.stderr)
        return REFUSED
    serve(segment, model_opener(options.models), __version__, ready=say_ready)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # at once: the host may be waiting for us, and nothing is left to do

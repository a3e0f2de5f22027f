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
    Decoder,
    MakeDecoder,
    ModelDamaged,
    ModelMissing,
    say_ready,
    serve,
)

from groovefield import __version__
from groovefield.field.decoder import default_model, load_decoder
from groovefield.field.modelfile import ModelFileError

REFUSED = 3
"""Exit code when the shared memory is not one that this package can use."""


def model_opener(models: Path) -> MakeDecoder:
    """Opens models by the SHA-256 that a request carries.

    ``models`` is the plugin's private cache: the files in it are named by their hash and
    are checked against it. ``DEFAULT_MODEL`` is the model that comes with the package.
    """

    def open_model(digest: bytes) -> Decoder:
        if digest == DEFAULT_MODEL:
            path = default_model()
            if not path.is_file():
                raise ModelMissing(f"The default model {path} is missing; run: groovefield install")
        else:
            path = models / f"{digest.hex()}.groovefield"
            try:
                content = path.read_bytes()
            except OSError as error:
                raise ModelMissing(
                    f"The model of this project is not on this machine ({path}: {error.strerror})."
                ) from error
            if hashlib.sha256(content).digest() != digest:
                raise ModelDamaged(f"The model {path} was changed since it was stored.")
        try:
            return load_decoder(path)
        except ModelFileError as error:
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

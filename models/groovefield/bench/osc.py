"""The exchange as earlier instruments did it: UDP on one machine, python-osc at both ends.

``python -m groovefield.bench.osc PORT decode|stored`` is the answering side.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import numpy as np

from groovefield.bench.decode import RATE
from groovefield.bench.table import CannotMeasure
from groovefield.field.decoder import ARRAYS, default_model, load_decoder

SENT, RETURNED = 16, 864


def osc_times(requests: int, decoding: bool) -> list[float]:
    """Seconds of so many round trips, at most 1,000 a second.

    Raises:
        CannotMeasure: python-osc is not installed, or the other side does not answer.
    """
    try:
        from pythonosc.dispatcher import Dispatcher
        from pythonosc.osc_server import BlockingOSCUDPServer
        from pythonosc.udp_client import SimpleUDPClient
    except ImportError as error:
        raise CannotMeasure("python-osc is missing: pip install 'groovefield[bench]'.") from error
    received: list[tuple[Any, ...]] = []
    dispatcher = Dispatcher()
    dispatcher.map("/pattern", lambda _, *values: received.append(values))
    with BlockingOSCUDPServer(("127.0.0.1", 0), dispatcher) as back:
        back.timeout = 5
        port = back.server_address[1]
        command = [sys.executable, "-m", "groovefield.bench.osc", str(port)]
        command.append("decode" if decoding else "stored")
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            if other.stdin is None or other.stdout is None:
                raise CannotMeasure("The answering side has no standard streams.")
            client = SimpleUDPClient("127.0.0.1", int(other.stdout.readline()))
            numbers = np.random.default_rng(0).random((requests + 50, SENT)).tolist()
            taken = []
            next_at = time.perf_counter()
            for values in numbers:
                next_at = max(next_at + 1 / RATE, time.perf_counter())
                time.sleep(max(0.0, next_at - time.perf_counter()))
                begun = time.perf_counter()
                client.send_message("/request", values)
                back.handle_request()
                taken.append(time.perf_counter() - begun)
                if len(received) != len(taken) or len(received[-1]) != RETURNED:
                    other.kill()
                    raise CannotMeasure("The answering side of OSC did not answer.")
            other.kill()
    return taken[50:]


def answer(port: int, decoding: bool) -> None:
    """Answers requests to ``port`` until it is killed."""
    from pythonosc.dispatcher import Dispatcher
    from pythonosc.osc_server import BlockingOSCUDPServer
    from pythonosc.udp_client import SimpleUDPClient

    client = SimpleUDPClient("127.0.0.1", port)
    decoder = load_decoder(default_model())
    out = np.zeros(ARRAYS * len(decoder.lanes) * decoder.grid.steps, np.float32)
    latent = np.full(8, 0.5, np.float32)
    decoder.decode_into(latent, out)

    def reply(_: str, *values: float) -> None:
        if decoding:
            latent[:] = values[:8]
            decoder.decode_into(latent, out)
        client.send_message("/pattern", out[:RETURNED].tolist())

    dispatcher = Dispatcher()
    dispatcher.map("/request", reply)
    with BlockingOSCUDPServer(("127.0.0.1", 0), dispatcher) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    answer(int(sys.argv[1]), sys.argv[2] == "decode")

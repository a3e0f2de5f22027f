"""Controllers in a VST3 host: what was learned moves what it was learned for, with takeover."""

from __future__ import annotations

import json
import struct
from pathlib import Path

from console_library import ConsoleHost, stopped, with_chunk

CONTROL_CHANGE, CHANNEL, NUMBER = 0xB0, 3, 21


def learned(target: str) -> bytes:
    """As a state keeps one learned controller (plugin/processor/midi_learn.h)."""
    name = target.encode()
    return struct.pack("<5B", 1, CHANNEL, NUMBER, 0, len(name)) + name


def test_a_learned_controller_takes_over_where_the_parameter_is(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with ConsoleHost(tmp_path) as host:
        host.prepare(offline=False, size=512)
        host.play(stopped())
        host.do("save", file=str(state))
        state.write_bytes(with_chunk(state.read_bytes(), b"MIDI", learned("x")))
        host.do("restore", file=str(state))

        def turn(values: range, channel: int = CHANNEL) -> float:
            for value in values:
                message = [0, CONTROL_CHANGE + channel - 1, NUMBER, value]
                host.play(stopped(), midi=[message], sleep=15)
            host.play(stopped(20), sleep=15)
            return float(dict(json.loads(host.do("parameters")))["X"])

        assert turn(range(0, 60, 4)) == 0.5, "it has not come to where X is"
        assert abs(turn(range(60, 128, 4)) - 124 / 127) < 0.01
        assert abs(turn(range(124, 31, -4)) - 32 / 127) < 0.01
        assert abs(turn(range(32, 100, 4), channel=4) - 32 / 127) < 0.01, "another channel"


def test_a_bounce_is_not_moved_by_controllers(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with ConsoleHost(tmp_path) as host:
        host.prepare(size=512)
        host.play(stopped())
        host.do("save", file=str(state))
        state.write_bytes(with_chunk(state.read_bytes(), b"MIDI", learned("x")))
        host.do("restore", file=str(state))
        for value in range(0, 128, 4):
            host.play(stopped(), midi=[[0, CONTROL_CHANGE + CHANNEL - 1, NUMBER, value]], sleep=10)
        assert dict(json.loads(host.do("parameters")))["X"] == 0.5

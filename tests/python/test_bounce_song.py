"""What a bounce writes of a melody: its notes on their channel, one after the other."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import mido
import numpy as np
from groovefield.commands import bounce_picture, bounce_song
from groovefield.lanes import MELODY_LANE
from groovefield_bridge import layout
from numpy.typing import NDArray

TICKS = bounce_song.MIDI_TICKS


def record(notes: list[tuple[float, int, int, int, float]]) -> NDArray[np.void]:
    """The event record of notes: song beats, lane, note, channel, length in beats."""
    events = np.zeros(len(notes), layout.EVENT.dtype)
    for event, (beats, lane, note, channel, length) in zip(events, notes, strict=True):
        event["song_beats"], event["length_beats"] = beats, length
        event["lane"], event["note"], event["channel"] = lane, note, channel
        event["velocity"], event["bpm"], event["grid_step"] = 100, 120.0, round(4 * beats)
        event["steps_per_two_beats"] = 8
    return events


EVENTS = record([
    (0.0, 0, 36, 10, 0.125), (0.0, MELODY_LANE, 40, 3, 4.0), (1.0, 0, 36, 10, 0.125),
    (1.0, MELODY_LANE, 43, 3, 0.5), (2.0, MELODY_LANE, 43, 3, 4.0), (3.5, 1, 43, 10, 0.125),
])  # fmt: skip


def test_a_melodys_notes_end_where_the_next_begins_and_keep_their_channel(tmp_path: Path) -> None:
    time = bounce_song.song_time(np.full(4 * bounce_song.TICKS_PER_BEAT, 120.0), 48_000, 512)
    bounce_song.write_midi(EVENTS, time, 1, tmp_path / "song.mid")
    now, sounding, heard = 0, {}, []
    for message in mido.MidiFile(tmp_path / "song.mid").tracks[0]:
        now += message.time
        if message.type == "note_on":
            sounding[message.channel, message.note] = now
        elif message.type == "note_off":
            key = (message.channel, message.note)
            heard.append((key, sounding.pop(key) / TICKS, now / TICKS))
    assert not sounding
    melody = sorted((begin, end, key[1]) for key, begin, end in heard if key[0] == 2)
    assert melody == [(0.0, 1.0, 40), (1.0, 1.5, 43), (2.0, 6.0, 43)]
    assert sum(key[0] == 9 for key, _, _ in heard) == 3


def test_the_picture_has_a_row_for_the_melody(tmp_path: Path) -> None:
    path = {"X": np.full(16, 0.5), "Y": np.full(16, 0.5)}
    with resources.as_file(resources.files("groovefield") / "data/default.groovefield") as model:
        bounce_picture.draw(EVENTS, path, 4, tmp_path / "song.png", model)
        bounce_picture.draw(
            EVENTS[EVENTS["lane"] < MELODY_LANE], path, 4, tmp_path / "drums.png", model
        )
    assert (tmp_path / "song.png").stat().st_size > 10_000
    assert (tmp_path / "song.png").read_bytes() != (tmp_path / "drums.png").read_bytes()
    assert (EVENTS["lane"] == MELODY_LANE).sum() == 3, "the record is as it was"

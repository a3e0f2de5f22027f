"""What the material tests share: where the data is, and MIDI files written note by note."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import mido


def write_midi(
    path: Path,
    notes: Iterable[tuple[int, int, int]],
    *,
    ticks_per_beat: int = 480,
    tempos: Iterable[tuple[int, float]] = ((0, 120.0),),
    metres: Iterable[tuple[int, int, int]] = ((0, 4, 4),),
    channel: int = 9,
    length: int = 10,
) -> Path:
    """Write (tick, note, velocity) notes with (tick, bpm) tempos and (tick, n, d) metres."""
    events: list[tuple[int, int, mido.Message | mido.MetaMessage]] = []
    for tick, bpm in tempos:
        events.append((tick, 0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm))))
    for tick, numerator, denominator in metres:
        message = mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)
        events.append((tick, 0, message))
    for tick, note, velocity in notes:
        on = mido.Message("note_on", channel=channel, note=note, velocity=velocity)
        off = mido.Message("note_off", channel=channel, note=note, velocity=0)
        events += [(tick, 2, on), (tick + length, 1, off)]
    track = mido.MidiTrack()
    now = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    file = mido.MidiFile(type=0, ticks_per_beat=ticks_per_beat)
    file.tracks.append(track)
    file.save(str(path))
    return path


def rock_bars(bars: int, ticks_per_beat: int = 480) -> list[tuple[int, int, int]]:
    """Kick on one and three, snare on two and four, hats in eighths; each bar a bit louder."""
    notes = []
    for bar in range(bars):
        start = bar * 4 * ticks_per_beat
        for beat in range(4):
            tick = start + beat * ticks_per_beat
            notes.append((tick, 36 if beat % 2 == 0 else 38, 90 + bar))
            notes += [(tick, 42, 70), (tick + ticks_per_beat // 2, 42, 60)]
    return notes

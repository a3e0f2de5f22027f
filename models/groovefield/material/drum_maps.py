"""Which drum an incoming MIDI note is: one table, for files read and for notes played.

Each row is a note number, its General MIDI name, the lane it means in General MIDI and the
lane it means from a Roland TD-11 (the kit that recorded the Groove MIDI Dataset). The plugin
maps notes coming in by the General MIDI column. A note with no lane is never dropped in
silence: `DrumMap.lane_numbers` marks it with -1 and readers count it.

Where General MIDI has an instrument that no lane is, it goes to the lane that takes its part
in a groove: shakers and tambourine keep time as a closed hat does, sticks of wood and bells
answer as a rim does, hand drums are toms by pitch. Whistles, scrapes, clicks and chimes have
no such part and stay unmapped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from groovefield.lanes import LANE_INDEX


class NoteRow(NamedTuple):
    """A MIDI note, its name, and its lane ID in each map ("" for none)."""

    note: int
    name: str
    gm: str
    td11: str


NOTE_TABLE: tuple[NoteRow, ...] = (
    # Not in General MIDI, but what Roland kits send for the edge of the hat; no GM kit
    # sounds anything else here, so the General MIDI map takes them too.
    NoteRow(22, "Closed hat edge", "closed_hat", "closed_hat"),
    NoteRow(26, "Open hat edge", "open_hat", "open_hat"),
    NoteRow(27, "High Q", "", ""),
    NoteRow(28, "Slap", "clap", ""),
    NoteRow(29, "Scratch push", "", ""),
    NoteRow(30, "Scratch pull", "", ""),
    NoteRow(31, "Sticks", "rim", ""),
    NoteRow(32, "Square click", "", ""),
    NoteRow(33, "Metronome click", "", ""),
    NoteRow(34, "Metronome bell", "", ""),
    NoteRow(35, "Acoustic bass drum", "kick", "kick"),
    NoteRow(36, "Bass drum", "kick", "kick"),
    NoteRow(37, "Side stick", "rim", "rim"),
    NoteRow(38, "Acoustic snare", "snare", "snare"),
    NoteRow(39, "Hand clap", "clap", "clap"),
    NoteRow(40, "Electric snare", "snare", "snare"),
    NoteRow(41, "Low floor tom", "low_tom", "low_tom"),
    NoteRow(42, "Closed hat", "closed_hat", "closed_hat"),
    NoteRow(43, "High floor tom", "low_tom", "low_tom"),
    NoteRow(44, "Pedal hat", "closed_hat", "closed_hat"),
    NoteRow(45, "Low tom", "mid_tom", "mid_tom"),
    NoteRow(46, "Open hat", "open_hat", "open_hat"),
    NoteRow(47, "Low-mid tom", "mid_tom", "mid_tom"),
    NoteRow(48, "High-mid tom", "high_tom", "high_tom"),
    NoteRow(49, "Crash 1", "crash", "crash"),
    NoteRow(50, "High tom", "high_tom", "high_tom"),
    NoteRow(51, "Ride 1", "ride", "ride"),
    NoteRow(52, "Chinese cymbal", "crash", "crash"),
    NoteRow(53, "Ride bell", "ride", "ride"),
    NoteRow(54, "Tambourine", "closed_hat", ""),
    NoteRow(55, "Splash", "crash", "crash"),
    NoteRow(56, "Cowbell", "rim", ""),
    NoteRow(57, "Crash 2", "crash", "crash"),
    NoteRow(58, "Vibraslap", "", "low_tom"),  # the TD-11's rim of the third tom
    NoteRow(59, "Ride 2", "ride", "ride"),
    NoteRow(60, "High bongo", "high_tom", ""),
    NoteRow(61, "Low bongo", "mid_tom", ""),
    NoteRow(62, "Mute high conga", "high_tom", ""),
    NoteRow(63, "Open high conga", "mid_tom", ""),
    NoteRow(64, "Low conga", "low_tom", ""),
    NoteRow(65, "High timbale", "high_tom", ""),
    NoteRow(66, "Low timbale", "mid_tom", ""),
    NoteRow(67, "High agogo", "rim", ""),
    NoteRow(68, "Low agogo", "rim", ""),
    NoteRow(69, "Cabasa", "closed_hat", ""),
    NoteRow(70, "Maracas", "closed_hat", ""),
    NoteRow(71, "Short whistle", "", ""),
    NoteRow(72, "Long whistle", "", ""),
    NoteRow(73, "Short guiro", "", ""),
    NoteRow(74, "Long guiro", "", ""),
    NoteRow(75, "Claves", "rim", ""),
    NoteRow(76, "High wood block", "rim", ""),
    NoteRow(77, "Low wood block", "rim", ""),
    NoteRow(78, "Mute cuica", "", ""),
    NoteRow(79, "Open cuica", "", ""),
    NoteRow(80, "Mute triangle", "closed_hat", ""),
    NoteRow(81, "Open triangle", "open_hat", ""),
    NoteRow(82, "Shaker", "closed_hat", ""),
    NoteRow(83, "Jingle bell", "", ""),
    NoteRow(84, "Bell tree", "", ""),
    NoteRow(85, "Castanets", "rim", ""),
    NoteRow(86, "Mute surdo", "low_tom", ""),
    NoteRow(87, "Open surdo", "low_tom", ""),
)


@dataclass(frozen=True)
class DrumMap:
    """MIDI notes to lane IDs. `lanes` holds mapped notes only."""

    name: str
    lanes: Mapping[int, str]

    def lane_numbers(self) -> NDArray[np.int64]:
        """(128,): the lane index of each MIDI note, -1 where the note is no drum we know."""
        table = np.full(128, -1, dtype=np.int64)
        for note, lane in self.lanes.items():
            table[note] = LANE_INDEX[lane]
        return table


GENERAL_MIDI = DrumMap("General MIDI", {r.note: r.gm for r in NOTE_TABLE if r.gm})
"""The map of the plugin's notes in, and of any MIDI file that does not look like a TD-11's."""

ROLAND_TD11 = DrumMap("Roland TD-11", {r.note: r.td11 for r in NOTE_TABLE if r.td11})
"""The map of the Groove MIDI Dataset."""

DRUM_RACK = DrumMap(
    "Drum Rack",
    dict(GENERAL_MIDI.lanes)
    | {43: "mid_tom", 45: "high_tom", 47: "low_tom", 48: "mid_tom", 50: "high_tom"},
)
"""Live's kits: toms on 41, 43, 45 from low to high, hand drums on 47, 48, 50; else as GM."""

MAPS: dict[str, DrumMap] = {"gm": GENERAL_MIDI, "td-11": ROLAND_TD11, "drum-rack": DRUM_RACK}
"""The maps that come with the program, by the word a person chooses them with."""

NOTE_NAMES: dict[int, str] = {r.note: r.name for r in NOTE_TABLE}
"""What General MIDI calls a note, for sentences and the editor."""

_ROLAND_ONLY_NOTES = (22, 26)
_RACK_FIRST, _RACK_LAST = 36, 51


def map_for_notes(notes: NDArray[np.integer], drum_channel: bool = True) -> DrumMap:
    """Choose the map for a file by the notes in it: only a Roland kit sends 22 or 26.

    Off the drum channel, notes that all lie on a rack's sixteen pads are a Drum Rack's.
    """
    if any((notes == note).any() for note in _ROLAND_ONLY_NOTES):
        return ROLAND_TD11
    if not drum_channel and len(notes) and notes.min() >= _RACK_FIRST and notes.max() <= _RACK_LAST:
        return DRUM_RACK
    return GENERAL_MIDI

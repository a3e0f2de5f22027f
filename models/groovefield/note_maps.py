"""Notes out for common drum samplers: which MIDI note each lane sends to which instrument.

The plugin's table (``plugin/processor/note_maps.cpp``) is this one's twin; a test holds the two
together. What an instrument does not have goes to what stands in for it best: the rows below say
what. Instruments that keep to General MIDI (a Roland TR-8S, Logic's kits, most free samplers)
have no row of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from groovefield.lanes import LANES


@dataclass(frozen=True)
class NoteMap:
    """The notes in the order of `lanes.LANES`, and who says so."""

    name: str
    notes: tuple[int, ...]
    about: str
    source: str

    def by_lane(self) -> dict[str, int]:
        """Lane ID to note."""
        return {lane.id: note for lane, note in zip(LANES, self.notes, strict=True)}


# Kick, snare, closed hat, open hat, low tom, mid tom, high tom, clap, rim, ride, crash.
NOTE_MAPS: tuple[NoteMap, ...] = (
    NoteMap(
        "General MIDI",
        (36, 38, 42, 46, 43, 47, 50, 39, 37, 51, 49),
        "The standard; most instruments have a setting for it",
        "General MIDI level 1, percussion key map",
    ),
    NoteMap(
        "Live Drum Rack",
        (36, 38, 42, 46, 41, 43, 45, 39, 37, 51, 49),
        "Ableton Live's own kits: toms on 41, 43 and 45",
        "material.drum_maps.DRUM_RACK, found in Live's kits",
    ),
    NoteMap(
        "Roland V-Drums",
        (36, 38, 42, 46, 43, 45, 48, 39, 37, 51, 49),
        "TD modules and samplers set to them: toms on 43, 45 and 48",
        "Roland support, TD-17 factory MIDI note map; the Groove MIDI Dataset's table of the TD-11",
    ),
    NoteMap(
        "Addictive Drums 2",
        (36, 38, 49, 56, 67, 69, 71, 47, 42, 60, 77),
        "XLN's own map; claps go to the first Flexi slot",
        "XLN Addictive Drums 2 Keymap: snare open hit, hat closed 1 tip and open C, toms 3, 2, 1, "
        "Flexi 1 hit A, side stick, ride tip, cymbal 1; the same in AD's note names for ReaRemap",
    ),
    NoteMap(
        "EZdrummer",
        (36, 38, 22, 26, 43, 47, 50, 39, 37, 51, 55),
        "Toontrack's standard kit; claps go to 39, a snare in kits without any",
        "EZdrummer manual, key mapping: hats closed edge and open 3, crash A; the same in note "
        "names for remapping to Addictive Drums",
    ),
    NoteMap(
        "Superior Drummer 3",
        (36, 38, 42, 46, 43, 47, 48, 40, 37, 51, 49),
        "Toontrack's own map; claps go to the rimshot",
        "chad-ramos/studio-one-drum-maps, Superior Drummer 3.pitchlist: kick open, hat closed tip "
        "and open edge 2, floor tom 1, rack toms 2 and 1, snare rimshot, ride bow, cymbal 2",
    ),
    NoteMap(
        "GGD Invasion",
        (24, 26, 43, 46, 36, 34, 33, 78, 30, 62, 54),
        "GetGood Drums' own map; claps go to the stack",
        "chad-ramos/studio-one-drum-maps and DigitalInBlue/ReaperNoteNames: hats tip closed and "
        "open 2, floor tom 1, rack toms 2 and 1, stack, cross stick, ride bow, main crash right",
    ),
    NoteMap(
        "Pads from 36 up",
        (36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46),
        "One lane a pad or key: Battery's cells, Maschine, MPC banks, slices in a sampler",
        "Native Instruments Battery 4: cells from C1 (36) up",
    ),
)
"""The maps that come with the program; the first one is the default."""

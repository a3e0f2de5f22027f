"""The plugin's table of incoming notes is the General MIDI map of ``drum_maps``."""

import re
from pathlib import Path

from groovefield.material.drum_maps import GENERAL_MIDI

HEADER = Path(__file__).parents[2] / "plugin/processor/incoming_notes.h"


def test_incoming_notes_are_the_general_midi_map() -> None:
    body = HEADER.read_text().split("drumOfNote { {")[1].split("}")[0]
    numbers = [int(n) for n in re.findall(r"-?\d+", body)]
    assert numbers == GENERAL_MIDI.lane_numbers().tolist()

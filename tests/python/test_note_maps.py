"""The notes out of common samplers: the plugin's table is this one's twin, and each row holds."""

import re
from pathlib import Path

import pytest
from groovefield.lanes import LANES
from groovefield.material.drum_maps import MAPS
from groovefield.note_maps import NOTE_MAPS

TABLE = Path(__file__).parents[2] / "plugin/processor/note_maps.cpp"


def test_the_plugin_has_the_same_maps() -> None:
    body = TABLE.read_text().split("rows { {")[1].split("} };")[0]
    rows = re.findall(r'\{ "([^"]+)", "([^"]+)",\s+\{ \{ ([\d, ]+) \} \} \}', body)
    twin = [(name, about, tuple(int(n) for n in notes.split(","))) for name, about, notes in rows]
    assert twin == [(m.name, m.about, m.notes) for m in NOTE_MAPS]


def test_the_first_is_what_lanes_send_by_themselves() -> None:
    assert NOTE_MAPS[0].name == "General MIDI"
    assert NOTE_MAPS[0].notes == tuple(lane.note for lane in LANES)


def test_each_map_tells_every_lane_apart_and_says_where_it_is_from() -> None:
    names = [m.name for m in NOTE_MAPS]
    assert len(set(names)) == len(names)
    for m in NOTE_MAPS:
        assert len(set(m.notes)) == len(LANES) == len(m.notes), m.name
        assert all(0 <= note <= 127 for note in m.notes), m.name
        assert m.source and m.about, m.name


@pytest.mark.parametrize(
    ("out", "into"),
    [("General MIDI", "gm"), ("Live Drum Rack", "drum-rack"), ("Roland V-Drums", "td-11")],
)
def test_what_is_sent_reads_back_as_the_same_lane(out: str, into: str) -> None:
    sent = next(m for m in NOTE_MAPS if m.name == out).by_lane()
    read = MAPS[into].lanes
    assert {lane for lane, note in sent.items() if read.get(note) != lane} == set()

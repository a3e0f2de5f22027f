"""Each parameter, moved alone in a host, changes the notes, as the reference says."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from console_library import (
    LANE_IDS,
    NOTES,
    ConsoleHost,
    Note,
    as_notes,
    assert_paired,
    assert_same,
    default_pattern,
    expected,
    roll,
    stopped,
    with_chunk,
)
from groovefield import parameters
from groovefield.field import carried_items, modelfile
from groovefield.field.decoder import default_model, load_decoder
from groovefield.pattern import Pattern
from groovefield.reference import Block, Overlay, Play
from overlay_library import written
from test_console_overlay import LINE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from small_field import header, tensors

BAR = 4.0  # beats
MIDDLE = (0.5,) * 6


def at(x: float, y: float) -> Play:
    return Play(position=(x, y, *MIDDLE))


@cache
def where_it_sounds(lane: int) -> Play:
    """Where on the pad the default field strikes a lane at about half of the steps, or most."""
    sides = [i / 20 for i in range(21)]
    places = [at(x, y) for x in sides for y in sides]
    struck = [default_pattern((*p.position, 0.0)).probability[lane] > 0.5 for p in places]
    changes = [min(hits.sum(), (~hits).sum()) for hits in struck]
    assert max(changes) > 0, f"the field never strikes {LANE_IDS[lane]}"
    return places[int(np.argmax(changes))]


@cache
def fills_of_the_default_field() -> tuple[tuple[float, ...], ...]:
    """The places of the items that are called fills, each the farthest from all before it."""
    items, names = carried_items.read(modelfile.load(default_model()).tensors)
    called = ["fill" in names.title(i).lower() for i in range(len(items))]
    found = np.asarray(items[called], np.float32)
    order = [0]
    away = np.full(len(found), np.inf, np.float32)
    while len(order) < min(len(found), carried_items.MOST_FILLS):
        away = np.minimum(away, ((found - found[order[-1]]) ** 2).sum(1))
        away[order[-1]] = -1
        order.append(int(away.argmax()))
    return tuple((float(x), float(y), *MIDDLE) for x, y in found[order])


@dataclass(frozen=True)
class Scene:
    """What a parameter is heard in: where it stands, what it needs, which bars of the song.

    ``other`` is what the parameter is moved to: values that each differ from ``base``.
    """

    base: Play
    other: tuple[Play, ...]
    overlay: str = "plain"
    bars: tuple[float, ...] = (0, 1, 2, 3)
    move: Callable[[Play, int], Play] | None = None


def of(field: str, *values: object, base: Play = Play(), **more: object) -> Scene:  # noqa: B008
    other = tuple(replace(base, **{field: value}) for value in values)  # type: ignore[arg-type]
    return Scene(base, other, **more)  # type: ignore[arg-type]


def each_lane(field: str, *values: float) -> dict[str, Scene]:
    def moved(lane: int) -> Scene:
        base = where_it_sounds(lane)
        usual = getattr(base, field)
        rows = [(*usual[:lane], value, *usual[lane + 1 :]) for value in values]
        return of(field, *rows, base=base)

    return {f"{field}_{name}": moved(lane) for lane, name in enumerate(LANE_IDS)}


def each_latent() -> dict[str, Scene]:
    def moved(dimension: int) -> Scene:
        position = [0.5] * 8
        position[dimension] = 0.9
        return of("position", tuple(position), overlay="eight latents")

    return {f"z{n}": moved(n - 1) for n in range(3, 9)}


def from_corner_to_corner(now: Play, block: int) -> Play:
    """To another place every 23rd block, so that it is in the middle of a beat and a bar."""
    corner = block // 23 % 4
    return replace(now, position=(0.1 + 0.8 * (corner % 2), 0.1 + 0.8 * (corner // 2), *MIDDLE))


@cache
def scenes() -> dict[str, Scene]:
    """Every parameter of which the reference knows."""
    styles = len(load_decoder(default_model()).styles)
    on_path, strayed = Play(motion="path"), Play(humanise=1.0)
    filling = Play(fill_bars=1)
    fill_bars = (7, 11, 13, 14, 15)  # each choice of Fill takes another selection of these
    return {
        "x": of("position", at(0.9, 0.5).position),
        "y": of("position", at(0.5, 0.9).position),
        **each_latent(),
        "threshold": of("threshold", 0.02, 0.99),
        "steps": of("steps", 7, 16),
        "groove": of("groove", 0.0, 2.0),
        "swing": of("swing", 0.66),
        "velocity": of("velocity_amount", 0.0, 2.0),
        "humanise": of("humanise", 0.5, 1.0),
        "wander": of("wander", 0.5, 1.0),
        "seed": of("seed", 1, 999, base=strayed),
        "note_length": of("note_length", 0.1, 4.0),
        **each_lane("mute", True),
        **each_lane("density", 0.0, 1.0),
        "style": of("style", *((i + 1) / styles for i in range(styles))),
        "motion": of("motion", "path", "points", overlay="moving"),
        "motion_size": of("motion_size", 0.0, 0.5, 2.0, base=on_path, overlay="moving"),
        "motion_speed": of("motion_speed", 0.25, 0.5, 2.0, 4.0, base=on_path, overlay="moving"),
        "variation": of("variation", 0.0, 1.0, overlay="takes"),
        "fill": of("fill_bars", 1, 2, 4, 8, 16, overlay="fills", bars=fill_bars),
        "fill_amount": of("fill_amount", 0.0, 0.5, base=filling, overlay="fills"),
        "division": of("division", 2.0, 3.0, 6.0, 8.0, base=Play(division=4.0)),
        "time": of("time", 0.5, 2.0),
        "rotate": of("rotate", -3, 5),
        "velocity_floor": of("softest", 100),
        "change": of("change", "beat", "bar", "cycle", move=from_corner_to_corner),
        "transpose": of("transpose", -24, 7, overlay="melody"),
    }


def overlays() -> dict[str, Overlay]:
    path = tuple(((i % 9 - 4) / 12, (i % 5 - 2) / 6) for i in range(37))
    points = ((0.25, 0.75, *MIDDLE), (0.875, 0.125, *MIDDLE))
    return {
        "plain": Overlay(fills=fills_of_the_default_field()),
        "fills": Overlay(fills=fills_of_the_default_field()),
        "eight latents": Overlay(),
        "moving": Overlay(path_beats=8.0, path=path, points_beats=2.0, points=points),
        "takes": Overlay(takes={(lane, n): 1 + lane * 7 for lane in range(11) for n in range(32)}),
        "melody": Overlay(melody=LINE),
    }


class Rig:
    """One host for all: what lies over the field, and the model, come with a state."""

    def __init__(self, host: ConsoleHost, folder: Path) -> None:
        self.host, self.state = host, folder / "state"
        model = folder / "eight.groovefield"
        modelfile.save(model, header(8, "Eight"), tensors(8, seed=3))
        eight = load_decoder(model)
        self.eight = cache(lambda place: eight.decode(np.array(place[:8], np.float32)))
        self.portable = zlib.compress(modelfile.portable(model))
        self.overlays, self.lies = overlays(), "plain"
        self.known: dict[str, list[Note]] = {}
        host.prepare()
        host.do("save", file=str(self.state))
        self.plain = self.state.read_bytes()

    def lay(self, name: str) -> None:
        if name != self.lies:
            state = with_chunk(self.plain, b"OVER", written(self.overlays[name]))
            if name == "eight latents":
                state = with_chunk(state, b"MODL", self.portable)
            self.state.write_bytes(state)
            self.host.do("restore", file=str(self.state))
            self.host.forget()
            self.lies = name

    def hear(self, scene: Scene, now: Play) -> list[Note]:
        """What the plugin plays, which is what the reference does, and what its record says."""
        self.lay(scene.overlay)
        overlay = self.overlays[scene.overlay]
        blocks = [replace(b, overlay=overlay) for b in script(scene, now)]
        self.host.play(stopped(now=now))
        begun = self.host.sync()
        with self.host.reader() as reader:
            reader.read()
            self.host.play(blocks)
            heard = self.host.notes(begun)
            record = reader.read()
        pattern_at: Callable[[tuple[float, ...]], Pattern] = default_pattern
        if scene.overlay == "eight latents":
            pattern_at = self.eight
        wanted = expected(blocks, pattern_at)
        found = [replace(n, block=n.block - begun) for n in heard]
        assert_same(found, as_notes(wanted))
        assert_paired(found)
        fields = ("lane", "grid_step", "note", "velocity", "channel")
        said = [tuple(int(e[field]) for field in fields) for e in record]
        ons = [m for m in wanted if m.velocity]
        assert said == [(m.lane, m.grid_step, m.note, m.velocity, m.channel) for m in ons]
        assert len(ons) >= 4 or not ons
        return found


def script(scene: Scene, now: Play) -> list[Block]:
    move = scene.move
    moving = now if move is None else lambda block: move(now, block)
    rolled = [roll(BAR - 0.25, start=BAR * bar, size=1024, now=moving) for bar in scene.bars]
    if list(scene.bars) == list(range(len(scene.bars))):
        rolled = [roll(BAR * len(scene.bars), size=1024, now=moving)]
    return [b for part in rolled for b in part] + stopped(now=now)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("parameters")
    with ConsoleHost(folder) as host:
        yield Rig(host, folder)


def of_lane(notes: Sequence[Note], lane: int) -> list[Note]:
    return [n for n in notes if n.note == NOTES[lane]]


APART = {"level", "output", "free_run"}  # in tests of their own


def test_every_parameter_is_here() -> None:
    assert set(scenes()) | APART == {p.id for p in parameters.TABLE}


@pytest.mark.parametrize("name", [p.id for p in parameters.TABLE if p.id not in APART])
def test_each_parameter_reaches_the_notes(name: str, rig: Rig) -> None:
    scene = scenes()[name]
    heard = [rig.hear(scene, now) for now in (scene.base, *scene.other)]
    assert len(heard[0]) > 16
    for i, notes in enumerate(heard):
        assert notes not in heard[:i], f"value {i} plays what another does"
    kind, _, lane_name = name.partition("_")
    if kind in ("mute", "density"):
        lane = LANE_IDS.index(lane_name)
        before, silent, *denser = heard
        assert of_lane(before, lane)
        assert not of_lane(silent, lane)
        for after in denser:
            assert len(of_lane(after, lane)) > len(of_lane(before, lane))
        for other in set(range(len(LANE_IDS))) - {lane}:
            for after in heard[1:]:
                assert of_lane(after, other) == of_lane(before, other), LANE_IDS[other]


def test_free_run_plays_while_the_host_stands_still(rig: Rig) -> None:
    rig.lay("plain")
    blocks = stopped(200, 1024)
    played = [replace(b, free_run=True) for b in blocks] + stopped()
    begun = rig.host.sync()
    rig.host.play(blocks)
    assert rig.host.notes(begun) == []
    begun = rig.host.sync()
    rig.host.play(played)
    heard = [replace(n, block=n.block - begun) for n in rig.host.notes(begun)]
    assert_same(heard, as_notes(expected(played)))
    assert len(heard) > 16


def test_level_and_output_say_how_loud_and_where_to(tmp_path: Path) -> None:
    """At -6 dB the kit is half as loud and the notes are the same; each output has its own."""
    settings = {
        "both": {"output": 1.0, "level": 60 / 66},
        "softer": {"output": 1.0, "level": 54 / 66},
        "silent": {"output": 1.0, "level": 0.0},
        "MIDI": {"output": 0.5, "level": 60 / 66},
        "kit": {"output": 0.0, "level": 60 / 66},
    }
    sound, notes = {}, {}
    with ConsoleHost(tmp_path, audio=True) as host:
        for name, values in settings.items():
            host.prepare()  # the kit begins anew, the same noise with it
            host.play(stopped(), set=values)
            begun, before = host.sync(), len(host.audio())
            host.play(roll(8) + stopped(), set=values)
            found = [replace(n, block=n.block - begun) for n in host.notes(begun)]
            sound[name], notes[name] = host.audio()[before:], found
    wanted = as_notes(expected(roll(8) + stopped()))
    for name in ("both", "softer", "silent", "MIDI"):
        assert_same(notes[name], wanted)
    assert notes["kit"] == []
    assert np.abs(sound["both"]).max() > 0.1
    np.testing.assert_allclose(sound["softer"], sound["both"] * 10 ** (-6 / 20), atol=1e-4)
    np.testing.assert_allclose(sound["kit"], sound["both"], atol=1e-6)
    assert not sound["silent"].any()
    assert not sound["MIDI"].any()

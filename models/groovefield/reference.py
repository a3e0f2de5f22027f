"""What playing means: pattern and transport to notes, written to be read, not to be fast.

The C++ player is tested against ``play`` on random cases. Where the player keeps a cursor
and queues, this looks at every line of the grid again in each block; the two share only the
formulas. Time is the *run's*: beats from where the host started or seeked to, going on through
every wrap of an announced loop (see ``plugin/player/host_clock.h`` for the picture).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from groovefield.pattern import Grid, Pattern

POSITION_TOLERANCE = 1 / 960
"""Beats: positions closer than this are the same (hosts round)."""
SHORTEST_LOOP = 1 / 64
FARTHEST_POSITION = 1e9
SLOWEST_TEMPO, FASTEST_TEMPO = 1.0, 10_000.0
"""Beats, and bpm: what a host says outside of them counts as not said."""
LINE_ROUNDING = 1e-6
ARITHMETIC = 1e-9
NEUTRAL_VELOCITY = 100 / 127
EARLIEST, LATEST = -0.5, 1 - 2.0**-20
ASK_AHEAD, LATCH_AHEAD = 0.75, 0.5
LANE_ROOM = 16
MELODY_LANE, DRUM_CHANNEL = 16, 10
SCALES: Mapping[str, tuple[int, ...]] = {
    "chromatic": tuple(range(12)),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
}
"""Semitones above the key."""

WANDER_DRAW = 3
TAKE_DRAW, TAKE_VELOCITY_DRAW, TAKE_OFFSET_DRAW = 10, 11, 12
SUREST = 1e-9
FILL_TRAVEL, FILL_THRESHOLD = 0.4, 0.45
DRIFT_BEATS = 4
SLOWEST_RATE = 1.0
"""Steps a beat."""
_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Stray:
    """How a hit strays: the draws of its four parts, and each one's share of the variance.

    ``own`` is new for each hit. ``drift`` is common to all lanes and wanders over some beats.
    ``place`` and ``manner`` are the same in every cycle, as a drummer repeats himself: one for
    each place in the beat, common to all lanes, and one for each lane and step.
    """

    draws: tuple[int, int, int, int]
    shares: tuple[float, float, float, float]


# own, drift, place, manner. The shares were measured on the Groove MIDI Dataset (train): of the
# variance of an offset 0.55 is within a take, and two lanes struck together share 0.40 of that
# (still 0.23 half a bar later); of what differs between takes they share 0.43. Accents are
# more a lane's own affair: 0.08 and 0.26.
OFFSET_STRAY = Stray((2, 5, 7, 9), (0.35, 0.20, 0.20, 0.25))
VELOCITY_STRAY = Stray((1, 4, 6, 8), (0.35, 0.05, 0.15, 0.45))


@dataclass(frozen=True)
class Play:
    """The parameters of one block, in the player's units (percent as 0..1, swing 0.5..0.75)."""

    position: tuple[float, ...] = (0.5,) * 8
    threshold: float = 0.5
    steps: int = 32
    groove: float = 1.0
    swing: float = 0.5
    velocity_amount: float = 1.0
    humanise: float = 0.0
    wander: float = 0.0
    seed: int = 0
    note_length: float = 0.5
    mute: tuple[bool, ...] = (False,) * LANE_ROOM
    density: tuple[float, ...] = (0.5,) * LANE_ROOM
    style: float = 0.0
    variation: float = 0.3
    motion: str = "off"
    motion_size: float = 1.0
    motion_speed: float = 1.0
    fill_bars: int = 0
    fill_amount: float = 1.0
    division: float = 0.0
    time: float = 1.0
    rotate: int = 0
    softest: int = 1
    change: str = "at once"
    transpose: int = 0


@dataclass(frozen=True)
class Edit:
    """What was done to a cell by hand; None leaves the pattern's.

    ``struck`` or silent, velocity 1..127, offset in half steps.
    """

    struck: bool | None = None
    velocity: int | None = None
    offset: float | None = None


@dataclass(frozen=True)
class Melody:
    """Note mode (``plugin/player/melody.h``): the rhythm of a lane, or of all, plays pitches.

    ``degrees`` of the scale, one for each step of the song from position 0 on, round and round;
    None is a rest. ``source`` a lane, None: any. ``octave`` 3 begins at middle C, note 60.
    ``note_length`` in steps, 0 the common one.
    """

    mode: str = "off"
    scale: str = "minor pentatonic"
    source: int | None = 0
    key: int = 0
    octave: int = 1
    channel: int = 1
    note_length: float = 0.0
    degrees: tuple[int | None, ...] = (0,)


@dataclass(frozen=True)
class Overlay:
    """What a musician laid over the field (``plugin/player/overlay.h``), on one grid.

    ``edits`` and ``takes`` by (lane, step); ``held`` by locked lane, a row of five numbers for
    each step in the order of `Pattern`'s arrays, probability 1 or 0. For each lane
    ``note_length`` (steps, 0 the common one), ``push`` (steps), ``steps`` (of its own cycle, 0
    the common number) and ``rotate`` (steps). ``path``: how far X and Y are from where the
    position is set, over ``path_beats``. ``points`` and ``fills``: places of eight numbers.
    ``melody``: what the rhythm plays beside the drums.
    """

    steps_per_beat: int = 4
    edits: Mapping[tuple[int, int], Edit] = field(default_factory=dict)
    takes: Mapping[tuple[int, int], int] = field(default_factory=dict)
    held: Mapping[int, Sequence[Sequence[float]]] = field(default_factory=dict)
    solo: frozenset[int] = frozenset()
    note_length: tuple[float, ...] = (0.0,) * LANE_ROOM
    push: tuple[float, ...] = (0.0,) * LANE_ROOM
    steps: tuple[int, ...] = (0,) * LANE_ROOM
    rotate: tuple[int, ...] = (0,) * LANE_ROOM
    path_beats: float = 0.0
    path: tuple[tuple[float, float], ...] = ()
    points_beats: float = 4.0
    points: tuple[tuple[float, ...], ...] = ()
    fills: tuple[tuple[float, ...], ...] = ()
    melody: Melody = Melody()


@dataclass(frozen=True)
class Block:
    """One block of the host: its transport and the parameters' values in it."""

    samples: int
    playing: bool = True
    position: float | None = 0.0
    bpm: float = 120.0
    loop: tuple[float, float] | None = None
    free_run: bool = False
    play: Play = Play()
    overlay: Overlay = Overlay()


@dataclass(frozen=True)
class Message:
    """A note on (velocity 1..127) or off (velocity 0) at a sample of a block."""

    block: int
    sample: int
    note: int
    velocity: int
    lane: int = -1
    grid_step: int = 0
    song_beats: float = 0.0
    channel: int = DRUM_CHANNEL


# --- the parts of a strike ---------------------------------------------------------------------


def hash_words(*words: int) -> int:
    """The address hash of ``plugin/player/random.h`` (SplitMix64's finaliser, absorbing words)."""
    h = 0
    for word in words:
        h = (h + (word & _MASK) + 0x9E3779B97F4A7C15) & _MASK
        h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & _MASK
        h ^= h >> 31
    return h


def uniform(h: int) -> float:
    """In [0, 1), from the top 53 bits."""
    return (h >> 11) / 9007199254740992.0


def normal(h: int) -> float:
    """Nearly normal, variance 1, bounded: the sum of four 16-bit uniforms."""
    total = sum(((h >> (16 * i)) & 0xFFFF) + 0.5 for i in range(4))
    return (total / 65536.0 - 2.0) * 1.7320508075688772


def strayed(
    stray: Stray, seed: int, lane: int, grid_step: int, cycle_steps: int, rate: float
) -> float:
    """How many spreads a hit lies from its mean: mean 0, variance 1, a function of its address."""
    cycle, step = divmod(grid_step, cycle_steps)
    own_draw, drift_draw, place_draw, manner_draw = stray.draws
    span = round(rate * DRIFT_BEATS)
    index, within = divmod(grid_step, span)
    along = within / span
    # One and a half steps a beat: the beats then go in pairs.
    per_beat = round(rate if rate == math.floor(rate) else 2 * rate)
    before = normal(hash_words(drift_draw, seed, index))
    after = normal(hash_words(drift_draw, seed, index + 1))
    # Between two draws the variance would sink: the square root keeps it 1.
    eased = (1.0 - along) * before + along * after
    drift = eased / math.sqrt((1.0 - along) * (1.0 - along) + along * along)
    own, place, manner = (
        normal(hash_words(own_draw, seed, lane, cycle, step)),
        normal(hash_words(place_draw, seed, grid_step % per_beat)),
        normal(hash_words(manner_draw, seed, lane, step)),
    )
    total = 0.0
    for share, part in zip(stray.shares, (own, drift, place, manner), strict=True):
        total += math.sqrt(share) * part
    return total


def lane_threshold(play: Play, lane: int) -> float:
    """The probability that a cell of the lane must exceed to sound."""
    d = play.density[lane]
    if d <= 0.5:
        return 1.0 - (1.0 - play.threshold) * (2.0 * d)
    return play.threshold * (2.0 - 2.0 * d)


@dataclass(frozen=True)
class Cell:
    """A cell under what was laid over it; ``sounds`` None: if it is likely enough."""

    probability: float
    velocity: float
    offset: float
    velocity_spread: float
    offset_spread: float
    sounds: bool | None = None


def f4(value: float) -> float:
    """As the player keeps it: a 32-bit float."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def _cell(numbers: Sequence[float]) -> Cell:
    probability, velocity, offset, velocity_spread, offset_spread = numbers
    return Cell(probability, velocity, offset, velocity_spread, offset_spread)


def in_take(cell: Cell, take: int, variation: float, lane: int, step: int) -> Cell:
    """Another take: the logit moved by a logistic draw, velocity and offset by their spreads."""
    if take == 0 or not variation > 0:
        return cell
    p = min(1 - SUREST, max(SUREST, cell.probability))
    u = min(1 - SUREST, max(SUREST, uniform(hash_words(TAKE_DRAW, take, lane, step))))
    odds = p / (1 - p) * math.pow(u / (1 - u), variation)
    louder = normal(hash_words(TAKE_VELOCITY_DRAW, take, lane, step))
    later = normal(hash_words(TAKE_OFFSET_DRAW, take, lane, step))
    return replace(
        cell,
        probability=f4(odds / (1 + odds)),
        velocity=f4(cell.velocity + variation * cell.velocity_spread * louder),
        offset=f4(cell.offset + variation * cell.offset_spread * later),
    )


def laid_cell(pattern: Pattern, overlay: Overlay, play: Play, lane: int, step: int) -> Cell:
    """A pattern's cell: an edit goes before a lock, a lock before a take."""
    arrays = (pattern.probability, pattern.velocity, pattern.offset,
              pattern.velocity_spread, pattern.offset_spread)  # fmt: skip
    own = _cell([float(a[lane, step]) for a in arrays])
    if overlay.steps_per_beat != pattern.grid.steps_per_beat:
        return own
    if lane in overlay.held:
        cell = _cell(overlay.held[lane][step])
        cell = replace(cell, sounds=cell.probability > 0.5)
    else:
        cell = in_take(own, overlay.takes.get((lane, step), 0), play.variation, lane, step)
    edit = overlay.edits.get((lane, step), Edit())
    if edit.struck is not None:
        cell = replace(cell, sounds=edit.struck)
    if edit.velocity is not None:
        cell = replace(cell, velocity=f4(edit.velocity / 127))
    if edit.offset is not None:
        cell = replace(cell, offset=edit.offset)
    return cell


def rate_of(play: Play, grid: Grid) -> float:
    """Steps a beat as they are played."""
    return max(SLOWEST_RATE, (play.division or grid.steps_per_beat) * play.time)


def cycle_steps_of(play: Play, grid: Grid, own: int = 0) -> int:
    """Steps of a cycle: a lane's own number goes before the common one."""
    return min(grid.steps, max(1, own or play.steps))


def strike(
    pattern: Pattern, overlay: Overlay, play: Play, lane: int, grid_step: int
) -> tuple[float, int] | None:
    """(displacement in steps, velocity 1..127) of a lane at a step, or None without a sound."""
    cycle_steps = cycle_steps_of(play, pattern.grid, overlay.steps[lane])
    turned = (grid_step - play.rotate - overlay.rotate[lane]) % cycle_steps
    cell = laid_cell(pattern, overlay, play, lane, turned)
    if cell.sounds is False:
        return None
    if cell.sounds is None and not cell.probability > lane_threshold(play, lane):
        return None
    rate = rate_of(play, pattern.grid)
    displacement = cell.offset * 0.5 * play.groove + overlay.push[lane]
    velocity = NEUTRAL_VELOCITY + play.velocity_amount * (cell.velocity - NEUTRAL_VELOCITY)
    if grid_step % 2 and rate % 2 == 0:
        displacement += 2.0 * play.swing - 1.0
    if play.humanise > 0:
        address = (play.seed, lane, grid_step, cycle_steps, rate)
        displacement += play.humanise * cell.offset_spread * 0.5 * strayed(OFFSET_STRAY, *address)
        velocity += play.humanise * cell.velocity_spread * strayed(VELOCITY_STRAY, *address)
    loudness = math.floor(min(127.0, max(play.softest, velocity * 127.0)) + 0.5)
    return min(LATEST, max(EARLIEST, displacement)), loudness


def silenced(overlay: Overlay, play: Play, lane: int) -> bool:
    """Whether a drum is not heard: muted, or another plays solo."""
    return play.mute[lane] or bool(overlay.solo and lane not in overlay.solo)


def drives(overlay: Overlay, play: Play, lane: int) -> bool:
    """Whether a lane's hits play the melody: its own mute does not matter, another's solo does."""
    if overlay.melody.source is None:
        return not silenced(overlay, play, lane)
    soloed = not overlay.solo or lane in overlay.solo
    return overlay.melody.source == lane and soloed


def pitch_at(melody: Melody, transpose: int, grid_step: int) -> int | None:
    """The MIDI note at a step of the song, by octaves within 0..127; None at a rest."""
    degree = melody.degrees[grid_step % len(melody.degrees)]
    if degree is None:
        return None
    scale = SCALES[melody.scale]
    octaves, tone = divmod(degree, len(scale))
    note = 12 * (melody.octave + 2 + octaves) + melody.key + scale[tone] + transpose
    while note < 0:
        note += 12
    while note > 127:
        note -= 12
    return note


def reflected(v: float) -> float:
    """Back from the pad's edges."""
    v = abs(v)
    return max(0.0, 2.0 - v) if v > 1.0 else v


def bar_beats(grid: Grid) -> float:
    """A grid is two bars long."""
    return grid.steps / (2 if grid.steps % 2 == 0 else 1) / grid.steps_per_beat


def change_step(play: Play, grid_step: int, grid: Grid) -> int:
    """The last step, this one included, at which another place may begin to be heard."""
    if play.change == "cycle":
        steps = cycle_steps_of(play, grid)
        return grid_step // steps * steps
    if play.change in ("beat", "bar"):
        beats = 1.0 if play.change == "beat" else bar_beats(grid)
        rate = rate_of(play, grid)
        return min(grid_step, math.ceil(math.floor(grid_step / rate / beats) * beats * rate))
    return grid_step


def is_fill(play: Play, grid_step: int, grid: Grid) -> bool:
    """In the last bar of every ``fill_bars``, from its second beat on."""
    beats = grid_step / rate_of(play, grid)
    bar = math.floor(beats / bar_beats(grid))
    due = play.fill_bars > 0 and bar % play.fill_bars == play.fill_bars - 1
    return due and play.fill_amount > 0 and beats - bar * bar_beats(grid) >= 1


def position_at(play: Play, overlay: Overlay, grid_step: int, grid: Grid) -> tuple[float, ...]:
    """The position at a step of the song, after motion, wander and fill; then the style.

    Motion and wander are as they were when a change was last due; a fill waits for nothing.
    """
    beats = change_step(play, grid_step, grid) / rate_of(play, grid)
    at = list(play.position)

    def go_towards(place: Sequence[float], amount: float) -> None:
        at[:] = [reflected(v + amount * (p - v)) for v, p in zip(at, place, strict=True)]

    moved = beats * play.motion_speed
    if play.motion == "path" and overlay.path_beats > 0 and overlay.path:
        count = len(overlay.path)
        time = moved / overlay.path_beats
        time = (time - math.floor(time)) * count
        first = min(int(time), count - 1)
        for d in range(2):
            a, b = overlay.path[first][d], overlay.path[(first + 1) % count][d]
            at[d] = reflected(at[d] + play.motion_size * (a + (b - a) * (time - first)))
    elif play.motion == "points" and overlay.points:
        count = len(overlay.points)
        visit = moved / (overlay.points_beats * count)
        visit = (visit - math.floor(visit)) * count
        go_towards(overlay.points[min(int(visit), count - 1)], min(1.0, play.motion_size))

    if play.wander > 0:
        turns = beats / 2.0
        index = math.floor(turns)
        along = turns - index
        eased = along * along * (3.0 - 2.0 * along)
        for d in range(2):
            a, b = (
                2.0 * uniform(hash_words(WANDER_DRAW, play.seed, d, i)) - 1.0
                for i in (index, index + 1)
            )
            at[d] = reflected(at[d] + play.wander * 0.5 * (a + (b - a) * eased))

    if is_fill(play, grid_step, grid):
        if overlay.fills:
            here = [f4(v) for v in at]
            nearest = min(
                overlay.fills,
                key=lambda place: sum((p - v) ** 2 for p, v in zip(place, here, strict=True)),
            )
            go_towards(nearest, play.fill_amount)
        else:
            at[0] = min(1.0, at[0] + play.fill_amount * FILL_TRAVEL)
    return (*at, play.style)


def parameters_at(play: Play, overlay: Overlay, grid_step: int, grid: Grid) -> Play:
    """The parameters of a step: without places of fills to go to, more is likely in a fill."""
    if overlay.fills or not is_fill(play, grid_step, grid):
        return play
    share = 1.0 - play.fill_amount * (1.0 - FILL_THRESHOLD)
    return replace(play, threshold=play.threshold * share)


# --- time --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pass:
    """A stretch of a run without a wrap: song positions [start, end), run time minus song."""

    index: int
    shift: float
    start: float
    end: float = math.inf


def next_pass(p: Pass, loop: tuple[float, float] | None) -> Pass:
    """The pass after one that ends at the loop's end."""
    assert loop is not None
    return Pass(p.index + 1, p.shift + (p.end - loop[0]), loop[0], loop[1])


@dataclass(frozen=True)
class Step:
    """A line of the grid: of which pass, at which rate (steps a beat), its number in the song."""

    index: int
    rate: float
    number: int

    def beats(self) -> float:
        """Its song position."""
        return self.number / self.rate


@dataclass(frozen=True)
class Hit:
    """When it sounds (run time), how loud, for how many beats, as which note."""

    time: float
    velocity: int
    length: float
    note: int
    channel: int = DRUM_CHANNEL


@dataclass(frozen=True)
class Sounding:
    """Run time of its off, the run's sample that this is not before, and whose it is."""

    end: float
    soonest: int
    lane: int


@dataclass
class Run:
    """What is known of the present run."""

    start: float
    passes: list[Pass]
    expected: float
    played: float
    span: float = 0.0
    loop: tuple[float, float] | None = None
    rate: float = 0.0
    """Steps a beat; 0 until the first step was asked for."""
    past: float = -math.inf
    """Run time before which lines at the present rate are not played."""
    present: tuple[tuple[float, ...], float] | None = None
    """Position and style when a change was last due."""
    asked: dict[Step, tuple[Play, Pattern]] = field(default_factory=dict)
    decided: set[Step] = field(default_factory=set)
    hits: dict[tuple[Step, int], Hit] = field(default_factory=dict)
    """Of a lane, or of the melody."""
    sounded: set[tuple[Step, int]] = field(default_factory=set)


def _is_position(beats: float | None) -> bool:
    return beats is not None and abs(beats) < FARTHEST_POSITION


def _begin(position: float) -> Run:
    return Run(position, [Pass(0, 0.0, position)], position, position)


def _locate(run: Run, position: float) -> tuple[int, float] | None:
    """(pass index, run time) that a host's position stands for, or None for a seek."""
    now = run.passes[-1]
    places = [(now.index, position + now.shift)]
    if len(run.passes) > 1 and position <= run.passes[-2].end + POSITION_TOLERANCE:
        places.append((now.index - 1, position + run.passes[-2].shift))
    if run.loop and now.end < math.inf and position >= run.loop[0] - POSITION_TOLERANCE:
        places.append((now.index + 1, position + next_pass(now, run.loop).shift))
    index, time = min(places, key=lambda place: abs(place[1] - run.expected))
    if abs(time - run.expected) > max(POSITION_TOLERANCE, run.span + ARITHMETIC):
        return None
    return index, time


def _stand(run: Run, index: int, time: float, loop: tuple[float, float] | None) -> None:
    """Makes pass ``index`` the present one and ends it where the announced loop ends."""
    while run.passes[-1].index < index:
        run.passes.append(next_pass(run.passes[-1], run.loop))
    while run.passes[-1].index > index:
        run.passes.pop()
    run.loop = loop if loop and loop[1] - loop[0] >= SHORTEST_LOOP else None
    now = run.passes[-1]
    ends = run.loop is not None and time - now.shift < run.loop[1]
    run.passes[-1] = replace(now, end=run.loop[1] if ends and run.loop else math.inf)


def _open_passes(run: Run, until: float) -> list[Pass]:
    """The passes that are not played to their end, and those after that begin before a run time."""
    passes = [p for p in run.passes[:-1] if p.end + p.shift > run.played] + run.passes[-1:]
    while passes[-1].end + passes[-1].shift < until:
        passes.append(next_pass(passes[-1], run.loop))
    return passes


def _lines(p: Pass, rate: float, low: float, high: float) -> range:
    """Steps whose lines lie in the pass and, as run time, in [low, high)."""
    first = math.ceil((p.start - POSITION_TOLERANCE) * rate)
    first = max(first, math.floor((low - p.shift) * rate) - 1)
    last = min((high - p.shift), p.end + 1) * rate
    steps = range(first, math.ceil(last) + 2)
    inside = [n for n in steps if n / rate < p.end - LINE_ROUNDING and n / rate + p.shift < high]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


# --- playing -----------------------------------------------------------------------------------


def play(
    blocks: Sequence[Block],
    pattern_at: Callable[[tuple[float, ...]], Pattern],
    notes: Sequence[int],
    sample_rate: float,
) -> list[Message]:
    """Plays a scripted transport.

    Args:
        blocks: the host's blocks, in order.
        pattern_at: the pattern at a position (8 numbers) and style (the ninth); every pattern on
            the same grid.
        notes: the MIDI note of each lane.
        sample_rate: in Hz.

    Returns:
        Notes on and off in the order they are sent.
    """
    out: list[Message] = []
    run: Run | None = None
    sounding: dict[tuple[int, int], Sounding] = {}  # by note and channel
    own, bpm, source = 0.0, 120.0, ""
    counted = 0  # samples since the run began

    def silence(b: int) -> None:
        out.extend(Message(b, 0, note, 0, channel=channel) for note, channel in sounding)
        sounding.clear()

    for b, block in enumerate(blocks):
        bpm = block.bpm if SLOWEST_TEMPO <= block.bpm <= FASTEST_TEMPO else bpm
        rate = bpm / (60.0 * sample_rate)
        span = block.samples * rate
        if block.playing:
            wanted = "host" if _is_position(block.position) else "own"
        else:
            wanted = "own" if block.free_run else ""
        if wanted != source:
            run, own, source = None, 0.0, wanted
            silence(b)
        if not source:
            continue
        position = block.position if source == "host" else own
        assert position is not None
        own += span

        place = _locate(run, position) if run else None
        if run is None or place is None:
            silence(b)
            run, place, counted = _begin(position), (0, position), 0
        start = place[1]
        loop = block.loop if source == "host" and all(map(_is_position, block.loop or ())) else None
        _stand(run, place[0], start, loop)
        until = max(run.played, start + span)
        _plan(run, block.play, block.overlay, pattern_at, until, notes)
        _sound(run, b, block.samples, start, rate, counted, sounding, out)
        run.expected, run.played, run.span = start + span, until, span
        counted += block.samples
        while run.expected >= run.passes[-1].end + run.passes[-1].shift:
            run.passes.append(next_pass(run.passes[-1], run.loop))
    return out


def _plan(
    run: Run,
    play_now: Play,
    overlay: Overlay,
    pattern_at: Callable[[tuple[float, ...]], Pattern],
    until: float,
    notes: Sequence[int],
) -> None:
    """Asks for and decides every step that is due before ``until``; forgets what became void."""
    grid = pattern_at((*play_now.position, play_now.style)).grid
    rate = rate_of(play_now, grid)
    slowest = min([rate, *(s.rate for s in run.asked)])
    ahead = _open_passes(run, until + 1.0 / slowest)
    _forget_void(run, ahead)
    due = [(s.beats() + p.shift, s) for p in ahead for s in run.asked if s.index == p.index]
    now = run.passes[-1]
    if run.rate and rate != run.rate:
        begin = now.start + now.shift - POSITION_TOLERANCE
        run.past = max(run.played - LINE_ROUNDING, begin)
    run.rate = rate
    # What lies before lines that were asked for at another rate is past, too; and stays so in
    # this pass, if those lines become void.
    past = max([run.past, *(time + LINE_ROUNDING for time, s in due if s.rate != rate)])
    run.past = max(run.past, min(past, now.end + now.shift - LINE_ROUNDING))
    for p in ahead:
        for n in _lines(p, rate, run.played - 3.0 / rate, until + 1.0 / rate):
            time, step = n / rate + p.shift, Step(p.index, rate, n)
            late = time < past or time - ASK_AHEAD / rate >= until
            if step not in run.asked and not late:
                due.append((time, step))
    due.sort(key=lambda d: d[0])
    for _, step in due:
        if step not in run.asked:
            run.asked[step] = _ask(run, play_now, overlay, step.number, grid, pattern_at)
    for time, step in due:
        if step in run.decided:
            continue
        if time - LATCH_AHEAD / step.rate >= until:
            break
        run.decided.add(step)
        for lane, hit in _decided(run, overlay, step, time, notes):
            if (step, lane) not in run.sounded:
                run.hits[step, lane] = hit


def _decided(
    run: Run, overlay: Overlay, step: Step, time: float, notes: Sequence[int]
) -> Iterator[tuple[int, Hit]]:
    """What sounds of a step, by lanes; after them the melody, with its loudest driver's hit."""
    play_now, pattern = run.asked[step]
    melody = overlay.melody
    loudest: tuple[float, int] | None = None

    def hit(struck: tuple[float, int], own: float, note: int, channel: int = DRUM_CHANNEL) -> Hit:
        sounds = max(time + struck[0] / step.rate, run.start)
        return Hit(sounds, struck[1], (own or play_now.note_length) / step.rate, note, channel)

    for lane in range(pattern.probability.shape[0]):
        struck = strike(pattern, overlay, play_now, lane, step.number)
        if not struck:
            continue
        if drives(overlay, play_now, lane) and (loudest is None or struck[1] > loudest[1]):
            loudest = struck
        if melody.mode != "instead" and not silenced(overlay, play_now, lane):
            yield lane, hit(struck, overlay.note_length[lane], notes[lane])
    pitch = pitch_at(melody, play_now.transpose, step.number)
    if melody.mode != "off" and loudest and pitch is not None:
        yield MELODY_LANE, hit(loudest, melody.note_length, pitch, melody.channel)


def _forget_void(run: Run, ahead: Sequence[Pass]) -> None:
    """What lies in no pass any more, after the loop was moved, will never be reached."""
    ends = {p.index: p.end for p in ahead}

    def is_void(step: Step) -> bool:
        ended = step.beats() >= ends.get(step.index, -math.inf) - LINE_ROUNDING
        return step.index >= ahead[0].index and ended

    def is_long_past(step: Step) -> bool:
        shift = next((p.shift for p in ahead if p.index == step.index), math.inf)
        return step in run.decided and step.beats() + shift < run.played - 8.0

    for step in [s for s in run.asked if is_void(s) or is_long_past(s)]:
        del run.asked[step]
        run.decided.discard(step)
    for hit in [h for h in run.hits if is_void(h[0])]:
        del run.hits[hit]


def _ask(
    run: Run, play_now: Play, overlay: Overlay, grid_step: int, grid: Grid,
    pattern_at: Callable[[tuple[float, ...]], Pattern],
) -> tuple[Play, Pattern]:  # fmt: skip
    """The parameters of a step, for good, and the pattern at the place they give."""
    if run.present is None or change_step(play_now, grid_step, grid) == grid_step:
        run.present = (play_now.position, play_now.style)
    position, style = run.present
    now = replace(play_now, position=position, style=style)
    return parameters_at(now, overlay, grid_step, grid), pattern_at(
        position_at(now, overlay, grid_step, grid)
    )


def _sound(
    run: Run, b: int, samples: int, start: float, rate: float, counted: int,
    sounding: dict[tuple[int, int], Sounding], out: list[Message],
) -> None:  # fmt: skip
    """Sends what falls in the block: offs before ons at the same sample."""

    def sample_of(time: float, soonest: int = 0) -> int:
        return max(0, soonest - counted, math.floor((time - start) / rate + 0.5))

    def end_due(limit: int) -> None:
        due = [(sample_of(s.end, s.soonest), key) for key, s in sounding.items()]
        for sample, key in sorted(d for d in due if d[0] < limit):
            end(key, sample)

    def end(key: tuple[int, int], sample: int) -> None:
        out.append(Message(b, sample, key[0], 0, channel=key[1]))
        del sounding[key]

    song_pass = run.passes[-1]
    for address, hit in sorted(run.hits.items(), key=lambda h: h[1].time):
        sample = sample_of(hit.time)
        if sample >= samples:
            break
        end_due(sample + 1)
        step, lane = address
        key = (hit.note, hit.channel)
        # The melody has one voice.
        for other in [k for k, s in sounding.items() if k == key or lane == s.lane == MELODY_LANE]:
            end(other, sample)
        skipped = hit.time < start - 0.5 * rate - LINE_ROUNDING
        song = _song_position(run, song_pass, start if skipped else hit.time)
        out.append(Message(b, sample, hit.note, hit.velocity, lane, step.number, song, hit.channel))
        sounding[key] = Sounding(hit.time + hit.length, counted + sample + 1, lane)
        del run.hits[address]
        run.sounded.add(address)
    end_due(samples)


def _song_position(run: Run, p: Pass, time: float) -> float:
    while time >= p.end + p.shift:
        p = next_pass(p, run.loop)
    return time - p.shift

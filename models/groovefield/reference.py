"""What playing means: pattern and transport to notes, written to be read, not to be fast.

The C++ player is tested against ``play`` on random cases. Where the player keeps a cursor
and queues, this looks at every line of the grid again in each block; the two share only the
formulas. Time is the *run's*: beats from where the host started or seeked to, going on through
every wrap of an announced loop (see ``plugin/player/host_clock.h`` for the picture).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from groovefield.pattern import Pattern

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

WANDER_DRAW = 3
DRIFT_BEATS = 4
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
    stray: Stray, seed: int, lane: int, grid_step: int, cycle_steps: int, steps_per_beat: int
) -> float:
    """How many spreads a hit lies from its mean: mean 0, variance 1, a function of its address."""
    cycle, step = divmod(grid_step, cycle_steps)
    own_draw, drift_draw, place_draw, manner_draw = stray.draws
    index, within = divmod(grid_step, steps_per_beat * DRIFT_BEATS)
    along = within / (steps_per_beat * DRIFT_BEATS)
    before = normal(hash_words(drift_draw, seed, index))
    after = normal(hash_words(drift_draw, seed, index + 1))
    # Between two draws the variance would sink: the square root keeps it 1.
    eased = (1.0 - along) * before + along * after
    drift = eased / math.sqrt((1.0 - along) * (1.0 - along) + along * along)
    own, place, manner = (
        normal(hash_words(own_draw, seed, lane, cycle, step)),
        normal(hash_words(place_draw, seed, grid_step % steps_per_beat)),
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


def strike(
    pattern: Pattern, play: Play, lane: int, grid_step: int, cycle_steps: int
) -> tuple[float, int] | None:
    """(displacement in steps, velocity 1..127) of a cell, or None when it does not sound."""
    step = grid_step % cycle_steps
    if play.mute[lane] or not float(pattern.probability[lane, step]) > lane_threshold(play, lane):
        return None
    per_beat = pattern.grid.steps_per_beat
    displacement = float(pattern.offset[lane, step]) * 0.5 * play.groove
    velocity = NEUTRAL_VELOCITY + play.velocity_amount * (
        float(pattern.velocity[lane, step]) - NEUTRAL_VELOCITY
    )
    if grid_step % 2 and per_beat % 2 == 0:
        displacement += 2.0 * play.swing - 1.0
    if play.humanise > 0:
        address = (play.seed, lane, grid_step, cycle_steps, per_beat)
        displacement += (
            play.humanise
            * float(pattern.offset_spread[lane, step])
            * 0.5
            * strayed(OFFSET_STRAY, *address)
        )
        velocity += (
            play.humanise
            * float(pattern.velocity_spread[lane, step])
            * strayed(VELOCITY_STRAY, *address)
        )
    loudness = math.floor(min(127.0, max(1.0, velocity * 127.0)) + 0.5)
    return min(LATEST, max(EARLIEST, displacement)), loudness


def wandered(play: Play, grid_step: int, steps_per_beat: int) -> tuple[float, ...]:
    """The position after wander at a step of the song, and after its numbers the style."""
    if not play.wander > 0:
        return (*play.position, play.style)
    time = grid_step / steps_per_beat / 2.0
    index = math.floor(time)
    along = time - index
    eased = along * along * (3.0 - 2.0 * along)

    def turn(dimension: int, at: int) -> float:
        return 2.0 * uniform(hash_words(WANDER_DRAW, play.seed, dimension, at)) - 1.0

    moved = list(play.position)
    for d in range(2):
        a, b = turn(d, index), turn(d, index + 1)
        v = abs(play.position[d] + play.wander * 0.5 * (a + (b - a) * eased))
        moved[d] = 2.0 - v if v > 1.0 else v
    return (*moved, play.style)


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


@dataclass
class Run:
    """What is known of the present run."""

    start: float
    passes: list[Pass]
    expected: float
    played: float
    span: float = 0.0
    loop: tuple[float, float] | None = None
    asked: dict[tuple[int, int], tuple[Play, Pattern]] = field(default_factory=dict)
    hits: dict[tuple[int, int, int], tuple[float, int, int, float]] = field(default_factory=dict)
    decided: set[tuple[int, int]] = field(default_factory=set)
    sounded: set[tuple[int, int, int]] = field(default_factory=set)


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


def _lines(p: Pass, steps_per_beat: int, low: float, high: float) -> range:
    """Steps whose lines lie in the pass and, as run time, in [low, high)."""
    first = math.ceil((p.start - POSITION_TOLERANCE) * steps_per_beat)
    first = max(first, math.floor((low - p.shift) * steps_per_beat) - 1)
    last = min((high - p.shift), p.end + 1) * steps_per_beat
    steps = range(first, math.ceil(last) + 2)
    inside = [
        n for n in steps
        if n / steps_per_beat < p.end - LINE_ROUNDING and n / steps_per_beat + p.shift < high
    ]  # fmt: skip
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
    sounding: dict[int, tuple[float, int]] = {}  # note -> (run time of its off, not before)
    own, bpm, source = 0.0, 120.0, ""
    counted = 0  # samples since the run began

    def silence(b: int) -> None:
        out.extend(Message(b, 0, note, 0) for note in sounding)
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
        _plan(run, block.play, pattern_at, until)
        _sound(run, b, block.samples, start, rate, counted, notes, sounding, out)
        run.expected, run.played, run.span = start + span, until, span
        counted += block.samples
        while run.expected >= run.passes[-1].end + run.passes[-1].shift:
            run.passes.append(next_pass(run.passes[-1], run.loop))
    return out


def _plan(
    run: Run, play_now: Play, pattern_at: Callable[[tuple[float, ...]], Pattern], until: float
) -> None:
    """Asks for and decides every step that is due before ``until``; forgets what became void."""
    per_beat = pattern_at((*play_now.position, play_now.style)).grid.steps_per_beat
    ahead = _open_passes(run, until + 1.0 / per_beat)
    valid: list[tuple[float, Pass, int]] = []
    for p in ahead:
        for n in _lines(p, per_beat, run.played - 3.0 / per_beat, until + 1.0 / per_beat):
            valid.append((n / per_beat + p.shift, p, n))
    keys = {(p.index, n) for _, p, n in valid}
    for key in [k for k in run.asked if k[0] >= ahead[0].index and k not in keys]:
        del run.asked[key]
        run.decided.discard(key)
    for hit in [k for k in run.hits if k[0] >= ahead[0].index and k[:2] not in keys]:
        del run.hits[hit]

    for time, p, n in sorted(valid, key=lambda v: v[0]):
        key = (p.index, n)
        if key not in run.asked and time - ASK_AHEAD / per_beat < until:
            run.asked[key] = (play_now, pattern_at(wandered(play_now, n, per_beat)))
        if key in run.asked and key not in run.decided and time - LATCH_AHEAD / per_beat < until:
            run.decided.add(key)
            step_play, pattern = run.asked[key]
            cycle_steps = max(1, min(step_play.steps, pattern.grid.steps))
            for lane in range(pattern.probability.shape[0]):
                struck = strike(pattern, step_play, lane, n, cycle_steps)
                if struck and (p.index, n, lane) not in run.sounded:
                    sounds = max(time + struck[0] / per_beat, run.start)
                    length = step_play.note_length / per_beat
                    run.hits[(p.index, n, lane)] = (sounds, struck[1], n, length)


def _sound(
    run: Run, b: int, samples: int, start: float, rate: float, counted: int,
    notes: Sequence[int], sounding: dict[int, tuple[float, int]], out: list[Message],
) -> None:  # fmt: skip
    """Sends what falls in the block: offs before ons at the same sample."""

    def sample_of(time: float, soonest: int = 0) -> int:
        return max(0, soonest - counted, math.floor((time - start) / rate + 0.5))

    def end_due(limit: int) -> None:
        due = [(sample_of(*sounding[n]), n) for n in sounding]
        for sample, note in sorted(d for d in due if d[0] < limit):
            out.append(Message(b, sample, note, 0))
            del sounding[note]

    song_pass = run.passes[-1]
    for key, (time, velocity, n, length) in sorted(run.hits.items(), key=lambda h: h[1][0]):
        sample = sample_of(time)
        if sample >= samples:
            break
        end_due(sample + 1)
        note = notes[key[2]]
        if note in sounding:
            out.append(Message(b, sample, note, 0))
        skipped = time < start - 0.5 * rate - LINE_ROUNDING
        song = _song_position(run, song_pass, start if skipped else time)
        out.append(Message(b, sample, note, velocity, key[2], n, song))
        sounding[note] = (time + length, counted + sample + 1)
        del run.hits[key]
        run.sounded.add(key)
    end_due(samples)


def _song_position(run: Run, p: Pass, time: float) -> float:
    while time >= p.end + p.shift:
        p = next_pass(p, run.loop)
    return time - p.shift

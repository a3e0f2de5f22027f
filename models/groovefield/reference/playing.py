"""Every block of a transport to the notes it sends."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from groovefield.pattern import Grid, Pattern
from groovefield.reference.cells import drives, pitch_at, rate_of, silenced, strike
from groovefield.reference.passes import (
    FASTEST_TEMPO,
    LINE_ROUNDING,
    POSITION_TOLERANCE,
    SLOWEST_TEMPO,
    Hit,
    Pass,
    Run,
    Sounding,
    Step,
    begin,
    is_position,
    lines,
    locate,
    next_pass,
    open_passes,
    stand,
)
from groovefield.reference.places import change_step, parameters_at, position_at
from groovefield.reference.words import DRUM_CHANNEL, MELODY_LANE, Block, Message, Overlay, Play

ASK_AHEAD, LATCH_AHEAD = 0.75, 0.5


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
            wanted = "host" if is_position(block.position) else "own"
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

        place = locate(run, position) if run else None
        if run is None or place is None:
            silence(b)
            run, place, counted = begin(position), (0, position), 0
        start = place[1]
        loop = block.loop if source == "host" and all(map(is_position, block.loop or ())) else None
        stand(run, place[0], start, loop)
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
    ahead = open_passes(run, until + 1.0 / slowest)
    _forget_void(run, ahead)
    due = [(s.beats() + p.shift, s) for p in ahead for s in run.asked if s.index == p.index]
    now = run.passes[-1]
    if run.rate and rate != run.rate:
        begun = now.start + now.shift - POSITION_TOLERANCE
        run.past = max(run.played - LINE_ROUNDING, begun)
    run.rate = rate
    # What lies before lines that were asked for at another rate is past, too; and stays so in
    # this pass, if those lines become void.
    past = max([run.past, *(time + LINE_ROUNDING for time, s in due if s.rate != rate)])
    run.past = max(run.past, min(past, now.end + now.shift - LINE_ROUNDING))
    for p in ahead:
        for n in lines(p, rate, run.played - 3.0 / rate, until + 1.0 / rate):
            time, step = n / rate + p.shift, Step(p.index, rate, n)
            late = time < past or time - ASK_AHEAD / rate >= until
            if step not in run.asked and not late:
                due.append((time, step))
    due.sort(key=lambda d: d[0])
    for _, step in due:
        if step not in run.asked:
            run.asked[step] = _ask(run, play_now, overlay, step, grid, pattern_at)
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
    run: Run, play_now: Play, overlay: Overlay, step: Step, grid: Grid,
    pattern_at: Callable[[tuple[float, ...]], Pattern],
) -> tuple[Play, Pattern]:  # fmt: skip
    """The parameters of a step, for good, and the pattern at the place they give."""
    grid_step = step.number
    due = change_step(play_now, grid_step, grid) == grid_step
    if run.present is None or run.present[2] != step.index or due:
        run.present = (play_now.position, play_now.style, step.index)
    position, style, _ = run.present
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

"""``groovefield bounce``: bars of the real plugin as a WAV, its notes as MIDI, and a picture."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from groovefield import library, parameters, places
from groovefield.commands import bounce_song
from groovefield.commands.bounce_files import NotWritable, written_aside
from groovefield.commands.bounce_song import BEATS_PER_BAR, TICKS_PER_BEAT, Floats
from groovefield.commands.session import BLOCK_SIZE, SAMPLE_RATE, Bounce, BounceFailed, Session
from groovefield.field import modelfile
from groovefield.material.report import count


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--out", type=_folder, required=True, help="folder for the files")
    parser.add_argument(
        "--model",
        metavar="NAME_OR_FILE",
        help="a model of the library, or a model file (the default model)",
    )
    parser.add_argument(
        "--at",
        type=_place,
        metavar="X,Y",
        help="stay at this place of the pad, each 0 to 1 (a walk over it)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help='a parameter, such as "Swing=62" or "Style=funk"; can be given again',
    )
    parser.add_argument("--bars", type=int, default=16, help="length in bars of 4/4 (16)")
    parser.add_argument(
        "--tempo", help="tempo in bpm, or a ramp such as 96-132 (the walk's; with --at: 120)"
    )
    parser.add_argument("--sample-rate", type=int, default=SAMPLE_RATE)
    parser.add_argument("--block-size", type=int, default=BLOCK_SIZE)
    parser.add_argument("--plugin", type=Path, help="the VST3 (the installed or built one)")


def _folder(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("names no folder")
    return Path(text)


def _place(text: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not two numbers from 0 to 1, such as 0.3,0.7"
        )
    return x, y


def _tempo_curve(text: str, ticks: int) -> Floats:
    try:
        ends = [float(part) for part in text.split("-")]
    except ValueError:
        ends = []
    if len(ends) not in (1, 2) or not all(20 <= bpm <= 400 for bpm in ends):
        raise BounceFailed(f"--tempo {text} is neither a tempo from 20 to 400 bpm nor a ramp a-b.")
    return np.linspace(ends[0], ends[-1], ticks)


def _settings(given: list[str], placed: bool, styles: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise BounceFailed(f"--set {text} is not NAME=VALUE, such as Swing=62.")
        parameter = parameters.find(name)
        if parameter.id in ("x", "y"):
            way = "--at sets the place" if placed else "use --at X,Y"
            raise BounceFailed(f"--set {text}: {way}.")
        found[parameter.name] = (
            _style(value, styles) if parameter.id == "style" else parameter.normalised(value)
        )
    return found


def _style(text: str, styles: tuple[str, ...]) -> float:
    """A style by its name, or where the knob stands."""
    named = parameters.style_named(text, styles)
    if named is not None:
        return named
    try:
        return parameters.find("style").normalised(text)
    except parameters.BadValue:
        known = f"its styles are {', '.join(styles)}" if styles else "it has no styles"
        raise BounceFailed(
            f"The model has no style {text.strip()!r}: {known} (or a number from 0 to 1)."
        ) from None


def _without_effect(settings: Mapping[str, float]) -> list[str]:
    """Sentences about what is set and needs more than parameters: a bounce lays nothing over."""
    said = []
    motion = parameters.find("motion")
    chosen = motion.choices[round(settings.get(motion.name, 0.0) * motion.high)]
    if chosen != "Off":
        what = "a recorded path" if chosen == "Path" else "points"
        said.append(
            f"Motion={chosen} moves nothing: {what} would come from a project, and a bounce has "
            "none. Without --at the place walks over the pad."
        )
    if "Variation" in settings:
        said.append(
            "Variation changes nothing: it says how far a take strays, and takes are made in the "
            "plugin, with New take."
        )
    return said


def run(arguments: argparse.Namespace) -> int:
    """Bounces bars of the plugin. Returns 0, or 1 with a sentence on stderr."""
    try:
        _bounce(arguments)
    except (
        BounceFailed, NotWritable, places.NotFoundHere, OSError, library.LibraryError,
        modelfile.ModelFileError, parameters.BadValue,
    ) as error:  # fmt: skip
        print(f"groovefield bounce: {error}", file=sys.stderr)
        return 1
    return 0


def _say(text: str) -> None:
    # Whoever listened may have gone: the files are wanted all the same.
    with contextlib.suppress(BrokenPipeError):
        print(text, flush=True)


def _check(arguments: argparse.Namespace, bpm: Floats, steps_per_beat: int) -> None:
    step_samples = 60 / bpm.max() / steps_per_beat * arguments.sample_rate
    if arguments.block_size > 0.9 * step_samples:
        raise BounceFailed(
            f"--block-size {arguments.block_size} is longer than a step ({step_samples:.0f} "
            "samples), so that the last bar could not end in time: take a shorter one."
        )
    if arguments.plugin is not None and not arguments.plugin.exists():
        raise BounceFailed(f"{arguments.plugin} is not there.")


def _bounce(arguments: argparse.Namespace) -> None:
    for name, value, (low, high) in (
        ("bars", arguments.bars, (1, 1000)),
        ("block-size", arguments.block_size, (1, 65_536)),
        ("sample-rate", arguments.sample_rate, (8_000, 384_000)),
    ):
        if not low <= value <= high:
            raise BounceFailed(f"--{name} {value} is not between {low} and {high}.")
    bars = arguments.bars
    tempo = arguments.tempo or ("96-132" if arguments.at is None else "120")
    bpm = _tempo_curve(tempo, bars * BEATS_PER_BAR * TICKS_PER_BEAT)
    model = library.model_file(arguments.model)
    header = modelfile.load(model).header
    settings = _settings(arguments.set, arguments.at is not None, header.styles)
    _check(arguments, bpm, header.grid.steps_per_beat)
    path = bounce_song.stay(arguments.at, bars) if arguments.at else bounce_song.walk(bars)
    seconds = float(np.sum(60.0 / bpm / TICKS_PER_BEAT)) + bounce_song.LONGEST_TAIL
    wav_bytes = round(seconds * arguments.sample_rate) * 6
    if wav_bytes >= 2**32:
        raise BounceFailed(f"{bars} bars are {wav_bytes / 1e9:.1f} GB, and a WAV holds 4.2.")

    for sentence in _without_effect(settings):
        print(f"groovefield bounce: {sentence}", file=sys.stderr)
    with written_aside(arguments.out, wav_bytes + 2_000_000) as aside:
        _say("Loading the plugin in DawDreamer ...")
        session = Session(arguments.sample_rate, arguments.block_size, arguments.plugin)
        if arguments.model is not None:
            session.load(model)
        _say(f"Bouncing {count(bars, 'bar')} of {header.name} ...")
        bounce, time = session.bounce(path, bpm, header.grid.steps_per_beat, settings)
        if not len(bounce.events):
            hint = "nothing is as probable there as --set asks" if settings else (
                "`groovefield doctor` says what is wrong")  # fmt: skip
            raise BounceFailed(f"the plugin played no note: {hint}.")
        _write(aside, bounce, time, path, model, bars)
    _say(_summary(arguments.out, bounce, session.path))


def _write(
    aside: Path, bounce: Bounce, time: bounce_song.SongTime, path: Mapping[str, Floats],
    model: Path, bars: int,
) -> None:  # fmt: skip
    import soundfile

    from groovefield.commands.bounce_picture import draw

    name = "groove.wav"
    try:
        soundfile.write(aside / name, bounce.audio.T, bounce.sample_rate, subtype="PCM_24")
        name = "groove.mid"
        bounce_song.write_midi(bounce.events, time, bars, aside / name)
        name = "groove.png"
        _say("Drawing ...")
        draw(bounce.events, path, TICKS_PER_BEAT, aside / name, model)
    except (OSError, soundfile.SoundFileError) as error:
        reason = (error.strerror if isinstance(error, OSError) else str(error)) or str(error)
        raise NotWritable(f"{aside.parent / name} cannot be written: {reason}") from error


def _summary(out: Path, bounce: Bounce, plugin: Path) -> str:
    peak = 20 * np.log10(max(1e-9, float(np.abs(bounce.audio).max())))
    rate = bounce.seconds / bounce.seconds_taken
    return (
        f"\n{count(len(bounce.events), 'note')}, {bounce.seconds:.1f} s with the last drums' "
        f"ringing, peak {peak:.1f} dBFS, {rate:.0f} times faster than real time.\n\n"
        f"  {out / 'groove.wav'}   the plugin's kit\n"
        f"  {out / 'groove.mid'}   the notes it sent, with micro-timing and tempo map\n"
        f"  {out / 'groove.png'}   the path on the pad and what it played\n\n"
        f"To play it in a DAW: run `groovefield install` (it copies {plugin} to\n"
        f"{places.plugin_folder()}), rescan plugins, and put Groovefield on an instrument track."
    )

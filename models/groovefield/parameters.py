"""What a host can automate, as the plugin names it (``plugin/processor/parameters.cpp``).

The tests compare this table with the plugin's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from groovefield.lanes import LANES

OUTPUTS = ("Kit", "MIDI", "Kit + MIDI")
SWITCH = ("off", "on")
FILLS = ("Off", "Every bar", *(f"Every {bars} bars" for bars in (2, 4, 8, 16)))


class BadValue(ValueError):
    """No parameter, or no value of one; the message is a sentence."""


@dataclass(frozen=True)
class Parameter:
    """One parameter: ``low``, ``high`` and ``normal`` are in its unit; ``choices`` have names.

    ``knob`` is what the editor writes beside it where that is another word than ``name``.
    """

    id: str
    name: str
    low: float
    high: float
    normal: float
    unit: str
    meaning: str
    knob: str = ""
    choices: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """As the page prints it."""
        return ", ".join(self.choices) or f"{self.low:g} to {self.high:g}"

    def written(self, value: float) -> str:
        """A value as the page prints it."""
        return self.choices[round(value)] if self.choices else f"{value:g}"

    def normalised(self, text: str) -> float:
        """A value in the parameter's unit, or a choice's name, as the 0..1 that hosts use.

        Raises:
            BadValue: it is neither.
        """
        names = [choice.lower() for choice in self.choices]
        text = text.strip()
        try:
            value = float(names.index(text.lower())) if names else float(text.removesuffix("%"))
        except ValueError:
            value = float("nan")
        if not self.low <= value <= self.high:
            unit = f" {self.unit}" if self.unit else ""
            raise BadValue(f"{self.name} is {self.range}{unit}, not {text!r}.")
        return (value - self.low) / (self.high - self.low)


def _table() -> tuple[Parameter, ...]:
    further = "Further dimension of the field, used when the model has it"
    density = "Hits of the lane: 0 none, 50 as the threshold says, 100 every step that can"
    strays = "How much of the learned spread of timing and accents is drawn"
    return (
        Parameter("x", "X", 0, 1, 0.5, "", "Place on the pad, left to right"),
        Parameter("y", "Y", 0, 1, 0.5, "", "Place on the pad, bottom to top"),
        *(Parameter(f"z{n}", f"Z{n}", 0, 1, 0.5, "", further) for n in range(3, 9)),
        Parameter(
            "threshold", "Threshold", 0, 1, 0.5, "",
            "Hits more probable than this sound: lower is denser", "Density, the other way round",
        ),
        Parameter("steps", "Steps", 1, 128, 32, "steps",
                  "Length of the cycle, at most the pattern's own"),
        Parameter("groove", "Groove", 0, 200, 100, "%", "Amount of the learned micro-timing"),
        Parameter("swing", "Swing", 50, 75, 50, "%", "Where the second step of each pair falls"),
        Parameter("velocity", "Velocity amount", 0, 200, 100, "%",
                  "Amount of the learned accents", "Accents"),
        Parameter("humanise", "Humanise", 0, 100, 0, "%", strays),
        Parameter("wander", "Wander", 0, 100, 0, "%",
                  "How far the position strays around where it was put"),
        Parameter("seed", "Seed", 0, 999, 0, "", "Which draws humanise and wander make"),
        Parameter("note_length", "Note length", 1, 400, 50, "% of a step",
                  "Length of the MIDI notes", "Gate"),
        Parameter("level", "Output level", -60, 6, 0, "dB", "Level of the kit", "Kit level"),
        Parameter("output", "Output", 0, 2, 2, "",
                  "Where the notes go: the kit, MIDI out, or both", choices=OUTPUTS),
        Parameter("free_run", "Free run", 0, 1, 0, "",
                  "Plays while the host stands still", choices=SWITCH),
        *(Parameter(f"mute_{lane.id}", f"Mute {lane.name}", 0, 1, 0, "",
                    "Silences the lane", choices=SWITCH) for lane in LANES),
        *(Parameter(f"density_{lane.id}", f"Density {lane.name}", 0, 100, 50, "%", density,
                    "hits, beside the lane")
          for lane in LANES),
        Parameter("style", "Style", 0, 1, 0, "",
                  "0 is the field itself; from there to 1 the model's styles follow, at equal "
                  "distances"),
        Parameter("motion", "Motion", 0, 2, 0, "",
                  "Moves the position by itself: along the recorded path, or from point to point",
                  choices=("Off", "Path", "Points")),
        Parameter("motion_size", "Motion size", 0, 200, 100, "%",
                  "How large the path is played; how near the points are reached", "Size"),
        Parameter("motion_speed", "Motion speed", 0, 4, 2, "",
                  "How fast the path and the points go by", "Speed",
                  choices=("1/4", "1/2", "1", "2", "4")),
        Parameter("variation", "Variation", 0, 100, 30, "%", "How far takes stray from the field"),
        Parameter("fill", "Fill", 0, 5, 0, "", "How often a bar ends in a fill", "Every",
                  choices=FILLS),
        Parameter("fill_amount", "Fill amount", 0, 100, 100, "%", "How much of a fill it is",
                  "Amount"),
        Parameter("division", "Division", 0, 5, 0, "",
                  "How long a step lasts: as in the pattern, or an 8th to a 32nd; T is a triplet",
                  choices=("Pattern", "1/8", "1/8T", "1/16", "1/16T", "1/32")),
        Parameter("time", "Time", 0, 2, 1, "",
                  "Half time and double time: the pattern half or twice as fast",
                  choices=("Half", "Normal", "Double")),
        Parameter("rotate", "Rotate", -64, 64, 0, "steps",
                  "Turns the cycle: to the right, later; to the left, earlier"),
        Parameter("velocity_floor", "Velocity floor", 1, 127, 1, "",
                  "No hit is softer than this", "Softest"),
        Parameter("change", "Change", 0, 3, 0, "",
                  "When another place on the pad begins to be heard",
                  choices=("At once", "Beat", "Bar", "Cycle")),
        Parameter("transpose", "Transpose", -24, 24, 0, "semitones",
                  "Note mode: moves the whole line up or down"),
    )  # fmt: skip


TABLE = _table()
"""All of them, in the host's order."""


def style_named(name: str, styles: tuple[str, ...]) -> float | None:
    """Where a model's style stands on the parameter ``style``, 0..1; None if it has none so called.

    The field itself, "all", is 0; the beginning of a name will do where it begins one alone.
    """
    wanted = name.strip().lower()
    if wanted in ("all", "the field itself"):
        return 0.0
    lower = [style.lower() for style in styles]
    meant = [i for i, style in enumerate(lower) if style == wanted] or [
        i for i, style in enumerate(lower) if wanted and style.startswith(wanted)
    ]
    return (meant[0] + 1) / len(styles) if len(meant) == 1 else None


def find(name: str) -> Parameter:
    """The parameter of that name or ID, or of its knob's name, in any case.

    Raises:
        BadValue: there is none.
    """
    wanted = name.strip().lower()
    for parameter in TABLE:
        if wanted in (parameter.name.lower(), parameter.id):
            return parameter
    # Density is the threshold the other way round: its numbers would mean another thing.
    for parameter in TABLE:
        if parameter.knob and wanted == parameter.knob.lower():
            return parameter
    raise BadValue(f"There is no parameter {name!r}: `groovefield parameters` lists them.")


def page() -> str:
    """The page docs/parameters.md."""
    lines = [
        "# Parameters",
        "",
        "What a host can automate. IDs, units and order stay as they are for ever; new parameters "
        "go to the end.",
        "A parameter has one value in each block; the values that decide a step are those of the "
        "block a quarter",
        "step before the step is decided, which is half a step before its grid line. The column "
        "*in the editor* names",
        "the knobs that are labelled with another word there.",
        "",
        "Printed by `groovefield parameters --markdown docs/parameters.md`; the tests compare it "
        "with the plugin's own",
        "table (`plugin/processor/parameters.cpp`).",
        "",
        "| # | ID | name | in the editor | range | unit | default | meaning |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for place, p in enumerate(TABLE, 1):
        lines.append(
            f"| {place} | `{p.id}` | {p.name} | {p.knob} | {p.range} | {p.unit} "
            f"| {p.written(p.normal)} | {p.meaning} |"
        )
    return "\n".join(lines) + "\n"

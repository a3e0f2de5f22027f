"""What playing means: pattern and transport to notes, written to be read, not to be fast.

The C++ player is tested against ``play`` on random cases. Where the player keeps a cursor
and queues, this looks at every line of the grid again in each block; the two share only the
formulas. Time is the *run's*: beats from where the host started or seeked to, going on through
every wrap of an announced loop (see ``plugin/player/host_clock.h`` for the picture).
"""

from groovefield.reference.cells import rate_of, strike
from groovefield.reference.draws import OFFSET_STRAY, VELOCITY_STRAY, Stray, strayed
from groovefield.reference.playing import play
from groovefield.reference.words import SCALES, Block, Edit, Melody, Message, Overlay, Play

__all__ = [
    "OFFSET_STRAY", "SCALES", "VELOCITY_STRAY", "Block", "Edit", "Melody", "Message", "Overlay",
    "Play", "Stray", "play", "rate_of", "strayed", "strike",
]  # fmt: skip

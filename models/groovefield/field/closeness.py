"""How near to the material a field stays, in three words.

    exact   every window, of up to five hundred, has a dot that plays it exactly (``dots.py``);
            the pad between may be steep
    close   dots are wished for, not insisted on: nearly the hits, the accents of their kind; the
            pad changes more gently
    free    no dots, gentler still, and half of the pad is taught variations of the material

What a word is worth is measured (``groovefield bench train``): the clips played back exactly, the
cells by which windows are missed, the cells that change between neighbours, and the share of
places that play what is in no window of the material.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from groovefield.field.character import by_character
from groovefield.field.dots import MOST_WINDOWS
from groovefield.field.network import DecoderConfig
from groovefield.field.windows import Arrangement, TrainingConfig, suited
from groovefield.material.augment import FEW_WINDOWS, vary
from groovefield.material.dataset import Material

FEW_PULL = 8.0
"""Nats by which a variation dislikes a place one pad's side away from its density's."""

LAID_OUT = 100
"""From so many windows on, X and Y mean something (``character.py``); fewer are where they fit."""


@dataclass(frozen=True)
class Closeness:
    """One of the words: ``neighbour_cells`` and ``exactness`` as in ``TrainingConfig``;
    ``variations``: the share of the pad that plays what is not in the material."""

    name: str
    neighbour_cells: float
    exactness: float
    variations: float


EXACT = Closeness("exact", 8.0, 1.0, 0.0)
CLOSE = Closeness("close", 6.5, 0.1, 0.0)
FREE = Closeness("free", 3.0, 0.0, 0.5)
WORDS = {c.name: c for c in (EXACT, CLOSE, FREE)}

FEW_SHARE, FEW_VARIATIONS = 0.5, 40
MOST_VARIED = 4_000
"""Windows of which each may have a variation; more vary enough among themselves."""


@dataclass(frozen=True)
class Recipe:
    """What to train: the windows with their variations, how, and the decoder's sizes.

    ``word`` is the closeness; empty for the default model, which has a recipe of its own.
    """

    word: str
    material: Material
    originals: Material
    config: TrainingConfig
    network: DecoderConfig
    arrangement: Arrangement | None


def recipe(
    originals: Material,
    word: str,
    base: TrainingConfig,
    latents: int = 2,
    held_back: bool = False,
) -> Recipe:
    """How a musician's own windows become a field, by how many there are.

    A few windows need fewer steps and a coarser lattice, so that twelve clips take seconds, and a
    wider groove, since each wants its accents exactly; they are too few to be gathered by likeness
    first. Where windows are held back, training ends where it does best on them, and only an exact
    field has dots.

    Raises:
        KeyError: ``word`` is none of `WORDS`.
    """
    near, n = WORDS[word], len(originals)
    lanes, steps = originals.onset.shape[1:]
    network = DecoderConfig(lanes=lanes, steps=steps, latents=latents)
    config = replace(
        suited(base, latents), neighbour_cells=near.neighbour_cells, exactness=near.exactness
    )
    if n > MOST_WINDOWS or (held_back and word != "exact"):
        config = replace(config, exactness=0.0)
    if n < 16:
        config = replace(config, steps=300, side=14, gather=0.0)
    elif n < 100:
        config = replace(config, steps=300, side=16, gather=0.0)
    elif n < 1000:
        config = replace(config, steps=600, side=24)
    if config.exactness >= 1 and n >= 40:
        network = replace(network, groove=256)
    material, arrangement = originals, None
    share = max(near.variations, FEW_SHARE if 0 < n < FEW_WINDOWS else 0.0)
    if share and n <= MOST_VARIED:
        material = vary(originals, max(FEW_VARIATIONS, n), share, base.seed)
        if n < FEW_WINDOWS:
            arrangement = by_character(material, latents, (FEW_PULL, 0.0), fading=False)
    if n >= LAID_OUT:
        arrangement = by_character(material, latents)
    return Recipe(word, material, originals, config, network, arrangement)

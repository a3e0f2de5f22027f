"""The picture of a pad: what a musician sees before hearing it.

Brightness is density (how many hits), colour is character: the two directions in which the
patterns of this pad differ most, found by principal components. Near colours sound alike.
The colours run from teal over blue and violet to rose and amber, in OKLCH (Ottosson 2020,
"A perceptual color space for image processing"), so that equal steps look equal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groovefield.pattern import Floats

SIDE = 64
_HUES = (175.0, 425.0)
"""Degrees in OKLCH, from teal to amber; green is left out."""
_LIGHTNESS = (0.20, 0.70)
_CHROMA = (0.06, 0.15)

_LMS_FROM_LAB = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_RGB_FROM_LMS = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def _rank(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each value's rank, 0..1: every colour gets the same share of the pad."""
    ranks = values.argsort(kind="stable").argsort(kind="stable")
    out: NDArray[np.float64] = ranks.astype(np.float64) / max(1, len(values) - 1)
    return out


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """0..1, half by rank and half by amount, so that neither outliers nor noise rule."""
    low, high = np.quantile(values, (0.02, 0.98))
    amount = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    out: NDArray[np.float64] = 0.5 * _rank(values) + 0.5 * amount
    return out


def oklch_to_srgb(
    lightness: NDArray[np.float64], chroma: NDArray[np.float64], degrees: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """Three arrays (n,) -> (n, 3) sRGB; colours out of gamut are clipped."""
    angle = np.deg2rad(degrees)
    lab = np.stack((lightness, chroma * np.cos(angle), chroma * np.sin(angle)), axis=1)
    linear = np.clip((lab @ _LMS_FROM_LAB.T) ** 3 @ _RGB_FROM_LMS.T, 0, 1)
    low = 12.92 * linear
    srgb = np.where(linear <= 0.0031308, low, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(255 * np.clip(srgb, 0, 1)), np.uint8)


def paint(probability: Floats) -> NDArray[np.uint8]:
    """(64, 64, lanes, steps) -> (64, 64, 4) RGBA; row 0 is y = 0."""
    side, _, lanes, steps = probability.shape
    p = probability.reshape(side * side, lanes * steps).astype(np.float64)
    centred = p - p.mean(0)
    _, vectors = np.linalg.eigh(centred.T @ centred)  # ascending
    axes = vectors[:, [-1, -2]]
    axes *= np.sign(axes[np.abs(axes).argmax(0), [0, 1]])  # a sign that does not depend on LAPACK
    first, second = (centred @ axes).T
    hue = _HUES[0] + (_HUES[1] - _HUES[0]) * _spread(first)
    chroma = _CHROMA[0] + (_CHROMA[1] - _CHROMA[0]) * _spread(second)
    density = p.sum(1)
    lightness = _LIGHTNESS[0] + (_LIGHTNESS[1] - _LIGHTNESS[0]) * _spread(density)
    pixels = np.full((side * side, 4), 255, np.uint8)
    pixels[:, :3] = oklch_to_srgb(lightness, chroma, hue)
    return pixels.reshape(side, side, 4)

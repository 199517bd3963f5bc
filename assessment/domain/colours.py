"""An organisation's accent colour: white words on it, and its words on white, must be readable (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import colorsys
import re
from typing import Final

LEAST_CONTRAST: Final = 4.5
DEFAULT_ACCENT: Final = "#0b6b6b"

_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE | re.ASCII)
_DARKER: Final = 0.005


class NotAColour(ValueError):
    """It is not written as a colour such as `#0b6b6b`."""


def parse_colour(words: str) -> str:
    """A colour as `#rrggbb`; the sign may be left out, and three digits stand for six. Raises `NotAColour`."""
    match = _HEX.fullmatch(words.strip())
    if match is None:
        raise NotAColour(words)
    digits = match.group(1).lower()
    return "#" + ("".join(2 * digit for digit in digits) if len(digits) == 3 else digits)


def contrast_with_white(colour: str) -> float:
    """The contrast ratio of `#rrggbb` with white, from 1 to 21."""
    red, green, blue = (_linear(part) for part in _parts(colour))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def readable_colour(colour: str) -> str:
    """The colour itself where white on it can be read, else the lightest darker shade of it that can."""
    hue, light, saturation = colorsys.rgb_to_hls(*_parts(colour))
    shade = colour
    while contrast_with_white(shade) < LEAST_CONTRAST:
        light -= _DARKER
        red, green, blue = colorsys.hls_to_rgb(hue, max(0.0, light), saturation)
        shade = f"#{round(255 * red):02x}{round(255 * green):02x}{round(255 * blue):02x}"
    return shade


def _parts(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

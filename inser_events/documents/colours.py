"""Colours and whether they can be read: contrast as WCAG 2.2 (1.4.3) counts it."""

import colorsys
import re

READABLE = 4.5
"""The least contrast of letters to their ground."""
WHITE, PAPER, NIGHT = "#ffffff", "#f1ebe1", "#2a231d"
"""A sheet of paper; the darkest ground of a light page and the lightest of a dark one (see css/tokens.css)."""
_COLOUR = re.compile(r"#[0-9a-f]{6}")


def parsed(text: str) -> str | None:
    """The colour as ``#rrggbb`` in lower case; None when it is not one."""
    colour = text.strip().lower()
    return colour if _COLOUR.fullmatch(colour) else None


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, ground: str = WHITE, *, least: float = READABLE) -> str:
    """The nearest colour of the same hue that can be read on *ground*: darker on light, lighter on dark."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    step = -0.01 if _luminance(ground) > _MIDDLE else 0.01
    while contrast(colour, ground) < least and 0 < lightness + step < 1:
        lightness += step
        colour = "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


_MIDDLE = 0.18


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    edge = 0.04045
    return part / 12.92 if part <= edge else ((part + 0.055) / 1.055) ** 2.4

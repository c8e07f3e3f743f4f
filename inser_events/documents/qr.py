"""QR codes (ISO/IEC 18004): as a grid, as accessible SVG, as PNG and as operators of a PDF page.

The only place that imports qrcode.
"""

import struct
import zlib
from html import escape
from itertools import groupby
from typing import Literal

from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode

QUIET_ZONE = 4
"""Modules of white that the standard asks for on every side."""

Matrix = list[list[bool]]
"""Rows from the top, True for a dark module, without the quiet zone."""

_LEVELS = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
# Trying all eight masks costs seven times as much as drawing one. Readers read every mask; this one ((row + column)
# mod 3) breaks up large areas well.
_MASK = 3


def matrix(text: str, *, error: Literal["L", "M", "Q", "H"] = "M") -> Matrix:
    """Encode *text* in the smallest version that holds it. Raises ValueError when none does."""
    code = QRCode(error_correction=_LEVELS[error], border=0, mask_pattern=_MASK)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.modules]


def svg(text: str, *, title: str) -> str:
    """Return an inline SVG, black on white with its quiet zone, named *title* for those who cannot see it."""
    grid = matrix(text)
    side = len(grid) + 2 * QUIET_ZONE
    path = "".join(f"M{x} {y}h{width}v1h-{width}z" for x, y, width in bars(grid))
    name = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {side} {side}" role="img" '
        f'aria-label="{name}" shape-rendering="crispEdges"><title>{name}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path fill="#000" d="{path}"/></svg>'
    )


def png(text: str, scale: int = 8) -> bytes:
    """Return a one-bit PNG with *scale* pixels to a module and the quiet zone around."""
    grid = matrix(text)
    side = (len(grid) + 2 * QUIET_ZONE) * scale
    white = b"\0" + _packed([False] * side)
    rows = [b"\0" + _packed([dark for dark in _framed(row) for _ in range(scale)]) for row in grid]
    margin = [white] * (QUIET_ZONE * scale)
    pixels = b"".join([*margin, *(line for row in rows for line in [row] * scale), *margin])
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def path_operators(grid: Matrix, *, x: float, y: float, side: float) -> bytes:
    """Return PDF operators that draw *grid* as one filled path.

    *x*, *y* is the lower left corner of the whole code in points and *side* its width, quiet zone included. The path
    is in whole modules under a matrix: short to write and exactly aligned.
    """
    modules = len(grid) + 2 * QUIET_ZONE
    unit = side / modules
    top = modules - QUIET_ZONE - 1
    boxes = " ".join(f"{column} {top - row} {width} 1 re" for column, row, width in bars(grid, row_offset=0))
    return f"q {unit:.4f} 0 0 {unit:.4f} {x:.3f} {y:.3f} cm 0 g {boxes} f Q".encode()


def bars(grid: Matrix, *, row_offset: int = QUIET_ZONE) -> list[tuple[int, int, int]]:
    """Return the horizontal runs of dark modules as (column, row, length); columns count the quiet zone."""
    found: list[tuple[int, int, int]] = []
    for number, row in enumerate(grid):
        column = QUIET_ZONE
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                found.append((column, number + row_offset, length))
            column += length
    return found


def _framed(row: list[bool]) -> list[bool]:
    quiet = [False] * QUIET_ZONE
    return [*quiet, *row, *quiet]


def _packed(dark: list[bool]) -> bytes:
    """Pack one line of pixels to bits, 0 for black as one-bit greyscale has it."""
    bits = "".join("0" if pixel else "1" for pixel in dark)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "1"), 2).to_bytes(-(-len(bits) // 8), "big")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

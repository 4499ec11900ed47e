"""A figure as a small PNG, the same bytes on every run."""

from __future__ import annotations

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

NEARLY_WHITE = 248
DPI = 110


def png(figure: Figure, colours: int = 64) -> bytes:
    """The figure in so many colours, at most 256, without date or version.

    Colours that are nearly white, the background's, are made white.
    """
    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")  # type: ignore[no-untyped-call]
    reduced = pixels.quantize(colours, dither=Image.Dither.NONE)
    palette = np.reshape(reduced.getpalette() or [], (-1, 3))
    palette[palette.min(axis=1) >= NEARLY_WHITE] = 255
    reduced.putpalette(palette.astype(np.uint8).tobytes())
    buffer = io.BytesIO()
    reduced.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()

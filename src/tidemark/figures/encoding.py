"""From a figure to bytes that are the same on every run: SVG for the page, PNG and GIF for files."""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from tidemark.figures.style import CARD, INK, MUTED, RULE, styled

_THEME = {INK: "var(--ink)", MUTED: "var(--muted)", RULE: "var(--rule)", CARD: "var(--card)"}
_COLOURS = 64
_NEARLY_WHITE = 248


def svg(figure: Figure, name: str, description: str) -> str:
    """The figure as an element to write into a page.

    `name` begins all ids, so that no two figures of a page share one. Ink, grey, rules and
    background are the page's own CSS colours, so that the figure follows light and dark.
    """
    buffer = io.StringIO()
    with styled():
        figure.savefig(buffer, format="svg", metadata={"Date": None}, facecolor="none")
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"data:image/png;base64,\s*([^\"]*)", lambda found: _smaller(found[1]), text)
    text = re.sub(r' xmlns(:\w+)?="[^"]*"| version="[^"]*"', "", text).replace("xlink:href", "href")
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', text))
    text = re.sub(r' id="([^"]+)"', lambda id: f' id="{name}-{id[1]}"' if id[1] in used else "", text)
    text = text.replace("url(#", f"url(#{name}-").replace('href="#', f'href="#{name}-')
    text = re.sub(r'(?<= )(?:d|x|y|transform)="[^"]*"', _rounded, text)
    text = re.sub(r"((?:<use [^>]*/>\s*){2,})", _hoisted, text)
    text = re.sub(r"('[^']*', )+sans-serif|'DejaVu Sans'", "sans-serif", text)
    for colour, variable in _THEME.items():
        text = text.replace(colour, variable)
    opening = f'<svg role="img" aria-label="{html.escape(description)}" '
    return re.sub(r"\s*\n\s*", "\n", text.replace("<svg ", opening, 1)).strip()


def _smaller(encoded: str) -> str:
    """An embedded picture again, in few colours."""
    image = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB")
    return data_url(image_bytes(image.quantize(_COLOURS, dither=Image.Dither.NONE)), "png")


def _rounded(attribute: re.Match[str]) -> str:
    """An attribute's numbers cut to a hundredth of a point, its line breaks to spaces."""
    short = re.sub(r"(\.\d\d)\d+", r"\1", attribute[0])
    short = re.sub(r"(\.\d*?)0+(?=\D)", lambda tail: tail[1].rstrip("."), short)
    return re.sub(r"\s*([A-Za-z])\s+(?=[-\d])|\s+(?=[\"z])", r"\1", short) if short[0] == "d" else short


def _hoisted(uses: re.Match[str]) -> str:
    """Markers in a row that all look alike, in a group that says so once."""
    styles = set(re.findall(r' style="[^"]*"', uses[0]))
    if len(styles) != 1:
        return uses[0]
    style = styles.pop()
    return f"<g{style}>{uses[0].replace(style, '')}</g>"


def pixels(canvas: FigureCanvasAgg) -> Image.Image:
    """What is drawn on a canvas, RGB."""
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")  # type: ignore[no-untyped-call]


def png(figure: Figure, colours: int = _COLOURS, dpi: int = 110) -> bytes:
    """The figure as a small PNG of so many colours, at most 256, without date or version."""
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    with styled():
        canvas.draw()  # type: ignore[no-untyped-call]
    return image_bytes(_reduced(pixels(canvas), colours))


def image_bytes(image: Image.Image) -> bytes:
    """An image as PNG."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", compress_level=7)
    return buffer.getvalue()


def _reduced(image: Image.Image, number: int = _COLOURS) -> Image.Image:
    """The image in few colours; those that are nearly white, the background's, are made white."""
    reduced = image.quantize(number, dither=Image.Dither.NONE)
    colours = np.reshape(reduced.getpalette() or [], (-1, 3))
    colours[colours.min(axis=1) >= _NEARLY_WHITE] = 255
    reduced.putpalette(colours.astype(np.uint8).tobytes())
    return reduced


def gif(frames: Sequence[Image.Image], milliseconds: int, hold: int) -> bytes:
    """Frames as an endless GIF, the last one shown for `hold` milliseconds.

    All frames share one palette, taken from the last, so that colours do not flicker.
    """
    palette = _reduced(frames[-1])
    reduced = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    durations = [milliseconds] * (len(reduced) - 1) + [hold]
    buffer = io.BytesIO()
    reduced[0].save(
        buffer, format="GIF", save_all=True, append_images=reduced[1:], duration=durations, loop=0,
        optimize=True,
    )  # fmt: skip
    return buffer.getvalue()


def data_url(content: bytes, kind: str) -> str:
    """Bytes as a URL that needs no network; `kind` is `png` or `gif`."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"

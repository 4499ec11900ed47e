"""A figure as a small SVG to write into a page: the same bytes on every run, colours that follow the page's.

What matplotlib writes is rewritten: groups that say nothing are dropped, each look is a class of its own,
names are short, coordinates are relative and rounded to a tenth of a point.
"""

from __future__ import annotations

import base64
import html
import io
import re
import zlib
from collections.abc import Mapping
from xml.etree import ElementTree

from matplotlib.figure import Figure
from PIL import Image

from tidemark.report.figures.colours import CARD, INK, MUTED, RULE

Element = ElementTree.Element

VARIABLES = {INK: "ink", MUTED: "muted", RULE: "rule", CARD: "card"}
FRAME = "frame-"
"""Begins the gid of what is shown in one frame of an animation only, followed by its number."""
SECONDS, HOLD = 0.2, 2.0
"""Of a frame, and of the last one."""
ROOT = {"fill": "none", "stroke-linejoin": "round"}
DEFAULTS = {
    *ROOT.items(), ("stroke-dashoffset", "0"), ("text-anchor", "start"), ("stroke-linecap", "butt"),
    ("stroke-width", "1"),
}  # fmt: skip
HREF = "{http://www.w3.org/1999/xlink}href"
TOKEN = re.compile(r"[A-Za-z]|-?[\d.]+(?:e-?\d+)?")
POINTS = {"M": 1, "L": 1, "Q": 2, "C": 3}
PATHS = 1
MARKS = 2
"""Decimals of coordinates of lines, and of marks that are drawn many times."""


def svg(figure: Figure, name: str, description: str) -> str:
    """The figure as an element; `name` is its own among all figures that a page may hold."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None}, facecolor="none")
    root = ElementTree.fromstring(buffer.getvalue())
    content = _Writer(_prefix(name), root)
    body = "".join(content.element(child) for child in root)
    size = figure.get_size_inches() * 72
    box = " ".join(_number(float(side), PATHS) for side in size)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{html.escape(description)}" '
        f'viewBox="0 0 {box}" width="{size[0]:.0f}" height="{size[1]:.0f}" font-family="sans-serif" '
        + " ".join(f'{key}="{value}"' for key, value in ROOT.items())
        + f"><style>{content.styles()}</style>{body}</svg>\n"
    )


def _prefix(name: str) -> str:
    """A few letters that hardly any other name has: begins all ids and classes."""
    value, letters = zlib.crc32(name.encode()), ""
    while len(letters) < 6:
        value, digit = divmod(value, 26)
        letters += chr(ord("a") + digit)
    return letters


class _Writer:
    """Writes elements, and keeps the looks that they have."""

    def __init__(self, prefix: str, root: Element) -> None:
        self._prefix = prefix
        self._classes: dict[str, str] = {}
        self._ids: dict[str, int] = {}
        self._marks = {
            id: _style(each) for each in root.iter() if (id := each.get("id")) and _tag(each) == "path"
        }
        ids = [each.get("id", "") for each in root.iter()]
        numbers = [int(id.removeprefix(FRAME)) for id in ids if id.startswith(FRAME)]
        self._frames = max(numbers, default=-1) + 1

    def styles(self) -> str:
        """All classes, as CSS."""
        rules = "".join(f".{name}{{{look}}}" for look, name in self._classes.items())
        if not self._frames:
            return rules
        p, total = self._prefix, (self._frames - 1) * SECONDS + HOLD
        for name, shown in ((f"{p}-one", SECONDS), (f"{p}-last", HOLD)):
            end = f"{100 * shown / total:.2f}%"
            rules += f"@keyframes {name}{{0%{{visibility:visible}}{end},to{{visibility:hidden}}}}"
        return rules + (
            f".{p}-f{{visibility:hidden;animation:{p}-one {total:g}s step-end infinite}}"
            f".{p}-l{{animation-name:{p}-last}}"
            f"@media print,(prefers-reduced-motion:reduce){{.{p}-f{{animation:none}}"
            f".{p}-l{{visibility:visible}}}}"
        )

    def element(self, node: Element) -> str:
        """One element with all that is in it; empty where nothing is seen of it."""
        tag = _tag(node)
        if tag in ("metadata", "style"):
            return ""
        if tag == "path" and node.get("id") is None and not _style(node).keys() & {"fill", "stroke"}:
            return ""
        attributes = self._attributes(tag, node)
        inside = "".join(map(self.element, node)) or html.escape((node.text or "").strip(), quote=False)
        if tag in ("g", "defs") and (not inside or (tag == "g" and not attributes)):
            return inside
        written = "".join(f' {key}="{value}"' for key, value in attributes.items())
        return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"

    def _attributes(self, tag: str, node: Element) -> dict[str, str]:
        id, result = node.get("id", ""), {}
        if id.startswith(FRAME):
            number = int(id.removeprefix(FRAME))
            last = f" {self._prefix}-l" if number == self._frames - 1 else ""
            return {
                "class": f"{self._prefix}-f{last}",
                "style": f"animation-delay:{number * SECONDS:.1f}s",
            }
        if tag == "clipPath" or id in self._marks:
            result["id"] = self._id(id)
        if (href := node.get(HREF)) is not None:
            result["href"] = f"#{self._id(href[1:])}" if href[0] == "#" else _smaller(href)
        if (data := node.get("d")) is not None:
            result["d"] = path_data(data, MARKS if id else PATHS)
        for key in ("x", "y", "width", "height"):
            if (value := node.get(key)) is not None:
                result[key] = _number(float(value), PATHS)
        if (transform := node.get("transform", "")) and not transform.startswith("rotate(-0 "):
            result["transform"] = re.sub(
                r"-?\d+\.\d+", lambda each: _number(float(each[0]), PATHS), transform
            )
        look = self._look(node, self._marks.get((node.get(HREF) or "#")[1:], {}))
        if look:
            result["class"] = self._classes.setdefault(look, f"{self._prefix}{len(self._classes)}")
        return result

    def _id(self, id: str) -> str:
        """A short name for one of matplotlib's, which are hashes."""
        return f"{self._prefix}-{self._ids.setdefault(id, len(self._ids))}"

    def _look(self, node: Element, mark: Mapping[str, str]) -> str:
        """How an element looks, but for what a mark that it shows says itself."""
        look = {key: value for key, value in _style(node).items() if key not in mark}
        if (clip := node.get("clip-path")) is not None:
            look["clip-path"] = f"url(#{self._id(clip[len('url(#') : -1])})"
        return ";".join(f"{key}:{_coloured(value)}" for key, value in sorted(look.items()))


def _tag(node: Element) -> str:
    return node.tag.rpartition("}")[2]


def _style(node: Element) -> dict[str, str]:
    """An element's look, without what all have."""
    pairs = (part.partition(":") for part in node.get("style", "").split(";") if part.strip())
    look = {key.strip(): value.strip() for key, _, value in pairs}
    look.pop("font-family", None)
    return {key: value for key, value in look.items() if (key, value) not in DEFAULTS}


def _coloured(value: str) -> str:
    name = VARIABLES.get(value)
    return f"var(--{name},{value})" if name else value


def _number(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{value:.0f}"
    text = "0" if text in ("-0", "") else text
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def path_data(data: str, decimals: int = PATHS) -> str:
    """A path's commands M, L, Q, C and z, absolute, as relative ones with rounded numbers."""
    tokens, written, last, before = iter(TOKEN.findall(data)), [], "", ""
    here = start = (0.0, 0.0)
    for command in tokens:
        if command in "zZ":
            written.append("z")
            here, last = start, ""
            continue
        points = [
            (round(float(next(tokens)), decimals), round(float(next(tokens)), decimals))
            for _ in range(POINTS[command])
        ]
        numbers = [
            _number(end - base, decimals) for point in points for end, base in zip(point, here, strict=True)
        ]
        letter = command.lower()
        if letter == "l" and (numbers[0] == "0" or numbers[1] == "0"):
            letter, numbers = ("h", numbers[:1]) if numbers[1] == "0" else ("v", numbers[1:])
        if letter == "m":
            start = points[-1]
        if letter != last or letter == "m":
            written.append(letter)
            before = ""
        for number in numbers:
            written.append(number if _ends(before, number) else f" {number}")
            before = number
        here, last = points[-1], letter
    return "".join(written)


def _ends(before: str, number: str) -> bool:
    """Whether a number's first character ends the one before it, or there is none."""
    return not before or number[0] == "-" or (number[0] == "." and "." in before)


def _smaller(encoded: str) -> str:
    """An embedded picture again, without loss in fewer bytes."""
    image = Image.open(io.BytesIO(base64.b64decode(encoded.partition(",")[2])))
    buffer = io.BytesIO()
    image.save(buffer, format="WEBP", lossless=True, quality=90, method=6)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"

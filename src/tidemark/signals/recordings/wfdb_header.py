"""Lines of a WFDB header as the format has them: a library would leave out what it does not know.

Layout: https://wfdb.io/spec/header-files.html.
"""

from __future__ import annotations

import re
from pathlib import Path

from tidemark.core.errors import InputError

UNSIGNED = r"(\d+\.?\d*|\.\d+)"
NUMBER = rf"-?{UNSIGNED}"
COUNT = r"\d{1,18}"
"""More digits than a file can have samples, and few enough to be divided as floating point."""
WHOLE = rf"-?{COUNT}"


def _ending(*words: str) -> str:
    """A pattern of words, each of which may be the last but one: all that follow may be left out."""
    pattern = ""
    for word in reversed(words):
        pattern = f"( {word}{pattern})?"
    return pattern


RECORD = re.compile(
    rf"\S+ {COUNT}"
    + _ending(rf"{UNSIGNED}(/{NUMBER})?(\({NUMBER}\))?", COUNT, r"\d*:?\d*:?\d+(\.\d*)?", r"\d+/\d+/\d+"),
    re.ASCII,
)
SIGNAL = re.compile(
    rf"\S+ \d+(x{COUNT})?(:{COUNT})?(\+{COUNT})?"
    + _ending(rf"{NUMBER}(e[-+]?\d+)?(\({WHOLE}\))?(/\S+)?", COUNT, *[WHOLE] * 3, COUNT, ".*"),
    re.ASCII,
)
SEGMENT = re.compile(rf"\S+ {COUNT}", re.ASCII)
PARTS = {RECORD: "record", SIGNAL: "signal", SEGMENT: "segment"}


def check_lines(path: Path) -> None:
    """Raise `InputError`, naming the line, where one of a header is not as the format has it."""
    kind = RECORD
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip() or line.lstrip().startswith(b"#"):
            continue
        try:
            text = " ".join(line.decode("utf-8").split())
        except UnicodeDecodeError:
            raise InputError(
                f"{path}: line {number}: not text in UTF-8; fix it, or copy the header again"
            ) from None
        if not kind.fullmatch(text):
            raise InputError(
                f"{path}: line {number}: {text[:60]!r} is no line of a {PARTS[kind]} as WFDB has them; fix "
                "it, or copy the header again"
            )
        if kind is RECORD:
            kind = SEGMENT if "/" in text.split()[0] else SIGNAL

"""The one error that is the user's to fix."""

from __future__ import annotations

import unicodedata

LONGEST = 2000
"""Characters of a message."""


class InputError(Exception):
    """Something that the user gave is wrong.

    Its message is one line: what is wrong, where, what was expected, how to fix it.
    """

    def __init__(self, message: object = "") -> None:
        """Whatever the message quotes from files, it is one line that a terminal shows as text."""
        super().__init__(printable(str(message)))


def printable(text: str, longest: int = LONGEST) -> str:
    r"""Text on one line, cut in the middle if it is long; control characters become escapes like `\x1b`."""
    if len(text) > longest:
        text = f"{text[: longest * 3 // 4]} … {text[-(longest // 5) :]}"
    if text.isprintable():
        return text
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    """A character as it is, or, where it is no visible one nor a space, as an escape.

    Those are the Unicode categories of control (Cc), format (Cf: it may turn the direction of writing round),
    surrogates (Cs), and separators of lines and paragraphs (Zl, Zp); and two that XML, so SVG, may not hold.
    """
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") or character in "\ufffe\uffff":
        return character.encode("unicode_escape").decode()
    return character

"""dvc.lock taken apart: a block of text for each stage, parsed only when it is asked for.

DVC parses the whole of dvc.lock in every process, 2 s with 270 stages, for the one stage that most
processes run. A file in any other form than DVC's own is not taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

HEAD = "schema: '2.0'\nstages:\n"
BLOCK = re.compile(r"^  (\S.*):\n(?:   .*\n)+", re.MULTILINE)


class Stages(Mapping[str, Any]):
    """What dvc.lock says of each stage, by name."""

    def __init__(self, blocks: Mapping[str, str]) -> None:
        """From the text of each stage's block."""
        from ruamel.yaml import YAML

        self.blocks = blocks
        self._parsed: dict[str, Any] = {}
        self._yaml = YAML(typ="safe")  # which looks for plug-ins each time that it is made

    def __getitem__(self, name: str) -> Any:
        """Raises a `YAMLError` where the block is broken."""
        if name not in self._parsed:
            self._parsed[name] = self._yaml.load(self.blocks[name])[name]
        return self._parsed[name]

    def __contains__(self, name: object) -> bool:
        return name in self.blocks

    def __iter__(self) -> Iterator[str]:
        return iter(self.blocks)

    def __len__(self) -> int:
        return len(self.blocks)


def blocks(text: str) -> dict[str, str] | None:
    """The blocks of a dvc.lock by stage, or None if the text is not wholly made of them."""
    if not text.startswith(HEAD):
        return None
    found = {match.group(1): match.group() for match in BLOCK.finditer(text, len(HEAD))}
    return found if whole(found) == text else None


def whole(blocks: Mapping[str, str]) -> str:
    """The text made of some blocks."""
    return HEAD + "".join(blocks.values())

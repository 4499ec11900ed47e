"""Documents of the repository: their code blocks, and what a reader does who follows them to the letter."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WRITE = re.compile(r"[Ww]rite\s`([^`]+)`:$")
ADD = re.compile(r"[Aa]dd\sto\s`([^`]+)`,\sbelow\s`([^`]+)`:$")


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    before: str
    """The paragraph before it."""
    language: str
    text: str


def read(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def blocks(text: str) -> Iterator[Block]:
    end = 0
    for match in FENCE.finditer(text):
        paragraph = text[end : match.start()].strip().rpartition("\n\n")[2]
        yield Block(paragraph, match[1], match[2])
        end = match.end()


def commands(text: str) -> list[str]:
    """All lines of shell in a document, without comments."""
    lines = (line for block in blocks(text) if block.language == "sh" for line in block.text.splitlines())
    return [command for line in lines if (command := re.sub(r"\s+#\s.*", "", line).strip())]


def follow(text: str, folder: Path) -> Iterator[str]:
    """Write and edit below `folder` what the document says, in order; yield each command to be run."""
    for block in blocks(text):
        if match := WRITE.search(block.before):
            assert not (folder / match[1]).exists(), f"{match[1]} is there already"
            (folder / match[1]).write_text(block.text, encoding="utf-8")
        elif match := ADD.search(block.before):
            path = folder / match[1]
            before, line, after = path.read_text(encoding="utf-8").partition(f"\n{match[2]}\n")
            assert line, f"{match[1]} has no line {match[2]}"
            path.write_text(f"{before}{line}{block.text}{after}", encoding="utf-8")
        elif block.language == "sh":
            yield from commands(f"```sh\n{block.text}```\n")


def run(command: str, folder: Path, variables: Mapping[str, str]) -> str:
    """Run a line of shell in the pipeline in `folder`, and return what it printed.

    `tidemark` is the code that lies there, wherever it is installed from.
    """
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**variables, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout

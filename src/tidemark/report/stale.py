"""Kept scores whose parameters or code are no longer those of the working tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tidemark.core import paths
from tidemark.core.errors import InputError
from tidemark.core.store import read_json
from tidemark.report import keep, provenance
from tidemark.report.page import paper, results


def stale(root: Path) -> list[str]:
    """A line for each group of kept files that no longer fit, or cannot be held against anything.

    It says which files, why, and what makes them again. Raises `InputError` for a file that is not JSON.
    """
    groups: dict[tuple[Path, str, str], list[str]] = {}
    for folder in results.KEPT:
        for path in sorted((root / paths.METRICS / folder).glob("*.json")):
            for name, content in _scores(path.stem, read_json(path)):
                if why := _why(root, content):
                    key = (path.parent.relative_to(root), why, _again(content))
                    groups.setdefault(key, []).append(name)
    return [_line(*group, names) for group, names in groups.items()]


def _scores(name: str, content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Everything in a file with a provenance of its own: the whole, or of a sweep each baseline."""
    if (baselines := content.get("baselines")) is None:
        yield name, content
        return
    for label, own in baselines.items():
        yield f"{name}-{label}", own


def _line(folder: Path, why: str, again: str, names: Sequence[str]) -> str:
    """What is said of a group; its names only where the command does not have them."""
    command = again.replace(keep.NAMES, " ".join(names))
    listed = f"{len(names)} files" if len(names) > 1 and all(f" {n}" in command for n in names) else ""
    pronoun = "it" if len(names) == 1 else "them"
    return f"{folder}: {listed or ', '.join(names)}: {why}: make {pronoun} again with {command}"


def _why(root: Path, content: Mapping[str, Any]) -> str:
    """What is wrong with a kept file; empty where nothing is."""
    origin = content.get("provenance")
    if origin is None:
        commit = content.get("commit") or "not recorded"
        return f"kept before parameters and code were recorded (commit {commit})"
    try:
        changed = provenance.changed(root, origin)
    except InputError as error:
        return str(error)
    commit = origin.get("commit") or "not recorded"
    return f"{' and '.join(changed)} changed since {origin.get('date')} (commit {commit})" if changed else ""


def _again(content: Mapping[str, Any]) -> str:
    """The command that makes a kept file again; files of scale paper without one are kept in one way."""
    if recorded := content.get("provenance", {}).get("command"):
        return str(recorded)
    if content.get("scale") == paper.SCALE and {"task", "dataset"} <= content.keys():
        return keep.command(content["task"], content["dataset"], [keep.NAMES])
    return "the script of benchmarks that writes there"

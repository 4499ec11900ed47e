"""What decides a predictor's scores: its parameters at one scale, and the files of code that make them."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tidemark.core import params, paths
from tidemark.core.errors import InputError
from tidemark.evaluation.entry import GROUPS as REFERENCES
from tidemark.report.lineage import Stage, behind
from tidemark.training.entry import on_recipe

PACKAGE = Path("src/tidemark")
CODE = (Path("stages"), Path("src"))
SHOWN = "examples"
"""Of the section `evaluation`, what only chooses pictures."""


def hash_parameters(
    root: Path,
    task: str,
    dataset: str,
    predictors: Sequence[str],
    scale: str,
    options: Mapping[str, Any] | None = None,
) -> str:
    """SHA-256 of `parameters` as JSON with sorted keys; `options` takes the place of those of references."""
    content = parameters(root, task, dataset, predictors, scale)
    if options is not None:
        names = {f"{group}.{each}" for group in REFERENCES for each in predictors}
        for name in content["entries"].keys() & names:
            content["entries"][name]["options"] = options
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def hash_code(root: Path, task: str, dataset: str, predictors: Sequence[str]) -> str:
    """SHA-256 of the names and contents of `code`."""
    digest = hashlib.sha256()
    for path in code(root, task, dataset, predictors):
        content = (root / path).read_bytes()
        digest.update(f"{path.as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def parameters(
    root: Path, task: str, dataset: str, predictors: Sequence[str], scale: str
) -> Mapping[str, Any]:
    """The entries that decide the scores, each with its recipe and its block of the scale merged into it.

    Raises `InputError` for a predictor that params.yaml does not name.
    """
    top, tree = params.read(root / params.TOP), params.read(root / paths.params(task))
    evaluation = {key: value for key, value in top.get("evaluation", {}).items() if key != SHOWN}
    training = {"threads": top.get("training", {}).get("threads")}
    entries: dict[str, Any] = {}
    for stage in behind(root, task, dataset, predictors):
        if stage.group and stage.group not in REFERENCES:
            entries[f"{stage.group}.{stage.key}"] = _entry(tree, stage, scale)
    for group, name, entry in _references(tree, dataset, predictors):
        entries[f"{group}.{name}"] = params.at_scale(entry, f"{group}.{name}", scale)
    _check(root, task, predictors, {key.partition(".")[2] for key in entries})
    return {"evaluation": evaluation, "training": training, "entries": entries}


def code(root: Path, task: str, dataset: str, predictors: Sequence[str]) -> list[Path]:
    """Files of code that make the scores, relative to `root`, sorted.

    Of what the stages of dvc.yaml declare: files themselves, and of folders what these files import, or all
    where they import nothing of a folder (whose files are loaded by name).
    """
    declared = {
        path
        for stage in behind(root, task, dataset, predictors)
        for path in stage.deps
        if any(path.is_relative_to(folder) for folder in CODE)
    }
    tree = params.read(root / paths.params(task))
    by_name = [PACKAGE / task / "metrics.py"] + [
        PACKAGE / task / group / f"{entry['method']}.py"
        for group, _, entry in _references(tree, dataset, predictors)
    ]
    files = _closure(root, [*(path for path in declared if path.suffix == ".py"), *by_name], declared)
    for folder in declared:
        if folder.suffix != ".py" and not any(file.is_relative_to(folder) for file in files):
            files |= {path.relative_to(root) for path in (root / folder).rglob("*.py")}
    return sorted(files)


def _entry(tree: params.Tree, stage: Stage, scale: str) -> Mapping[str, Any]:
    """An entry at a scale; that of a model goes on top of its recipe."""
    where, own = f"{stage.group}.{stage.key}", dict(tree[stage.group][stage.key])
    name = own.pop("recipe", None)
    if name is None:
        return params.at_scale(own, where, scale)
    return on_recipe(own, where, tree["recipes"][name], f"recipes.{name}", scale)


def _references(
    tree: params.Tree, dataset: str, predictors: Sequence[str]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Baselines, oracles and limits among `predictors` as (group, name, entry)."""
    for group in REFERENCES:
        written = (tree.get(group) or {}).get(dataset) or {}
        for label in written:
            if f"{dataset}-{label}" in predictors:
                own = (written[label] if isinstance(written, Mapping) else None) or {}
                yield group, f"{dataset}-{label}", {"method": label.replace("-", "_"), **own}


def _check(root: Path, task: str, predictors: Sequence[str], known: set[str]) -> None:
    if missing := [name for name in predictors if name not in known]:
        raise InputError(f"{root / paths.params(task)}: {missing[0]}: no such predictor; add its entry again")


def _closure(root: Path, start: Sequence[Path], declared: set[Path]) -> set[Path]:
    """Files that `start` import, directly or not, among those that are declared."""
    seen: set[Path] = set()
    waiting, places = list(start), tuple(f"{path}/" for path in declared)
    while waiting:
        path = waiting.pop()
        if path in seen or not (root / path).is_file():
            continue
        seen.add(path)
        stat = (root / path).stat()
        for name in _imported(root / path, stat.st_mtime_ns, stat.st_size):
            file = Path("src", *name.split(".")).with_suffix(".py")
            if f"{file}/".startswith(places):
                waiting.append(file)
    return seen


@cache
def _imported(path: Path, stamp: int, size: int) -> frozenset[str]:
    """Names of the package's modules that a file imports anywhere, and of what it takes from them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return frozenset(name for name in names if name.startswith("tidemark."))

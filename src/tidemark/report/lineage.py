"""The stages that lead to a predictor's scores, from the dvc.yaml files as they are written."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from tidemark.core import params, paths
from tidemark.core.errors import InputError

VARIABLE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")


@dataclass(frozen=True)
class Stage:
    """One stage, of one entry where its definition stands for several."""

    group: str
    """Group of params.yaml that its entry is in; empty without one."""
    key: str
    """The entry's name."""
    deps: Sequence[Path]
    outs: Sequence[Path]
    """Both relative to the repository."""


def behind(root: Path, task: str, dataset: str, predictors: Sequence[str]) -> list[Stage]:
    """The stages that evaluate the dataset, make its data and train those of `predictors` that are trained.

    Models that these go on from are followed too, other models of the dataset are not. Raises `InputError`
    where no stage evaluates the dataset.
    """
    everyone = list(stages(root, task))
    scores = paths.details(task, dataset) / "models"
    wanted = [scores, *(paths.model(dataset, name) for name in predictors)]
    found: list[Stage] = []
    while wanted:
        path = wanted.pop()
        if path == paths.MODELS / dataset:  # all of them: those that are wanted are followed by name
            continue
        for stage in everyone:
            if stage not in found and any(_overlap(path, out) for out in stage.outs):
                found.append(stage)
                wanted.extend(stage.deps)
    if not any(_overlap(scores, out) for stage in found for out in stage.outs):
        raise InputError(
            f"{paths.params(task).parent}: no stage evaluates {dataset!r}; add the dataset there"
        )
    return found


def _overlap(one: Path, other: Path) -> bool:
    """Whether they are one path, or one is in the other; as text, which is ten times as fast."""
    first, second = f"{one}/", f"{other}/"
    return first.startswith(second) or second.startswith(first)


def stages(root: Path, task: str) -> Iterator[Stage]:
    """Every stage of a task, and those that all tasks share."""
    for file in [root / "dvc.yaml", *sorted((root / paths.params(task).parent).rglob("dvc.yaml"))]:
        tree = params.read(file)
        variables: dict[str, Any] = {}
        for beside in ["params.yaml", *tree.get("vars", ())]:
            if (file.parent / beside).exists():
                variables |= params.read(file.parent / beside)
        for definition in tree.get("stages", {}).values():
            folder = file.parent.relative_to(root)
            if "foreach" not in definition:
                yield _stage(definition, folder, variables, "", "")
                continue
            group = VARIABLE.sub(r"\1", str(definition["foreach"]))
            entries = variables.get(group) or {}
            for key in entries:
                item = entries[key] if isinstance(entries, Mapping) else key
                known = {**variables, "key": key, "item": item}
                yield _stage(definition["do"], folder, known, group, key)


def _stage(definition: params.Tree, folder: Path, variables: params.Tree, group: str, key: str) -> Stage:
    def resolved(name: str) -> list[Path]:
        base = folder / definition.get("wdir", ".")
        written = (
            next(iter(each)) if isinstance(each, Mapping) else each for each in definition.get(name, ())
        )
        return [Path(os.path.normpath(base / _filled(str(each), variables))) for each in written]

    return Stage(group, key, resolved("deps"), resolved("outs"))


def _filled(text: str, variables: params.Tree) -> str:
    """A path with its `${…}` replaced; one that names what is not there stays as it is written."""

    def value(match: re.Match[str]) -> str:
        try:
            return str(reduce(lambda tree, part: tree[part], match[1].split("."), variables))
        except (KeyError, TypeError):
            return match[0]

    return VARIABLE.sub(value, text)

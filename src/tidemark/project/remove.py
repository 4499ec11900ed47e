"""A dataset taken out: its entries, and everything that was made of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tidemark.core import params, paths
from tidemark.core.errors import InputError
from tidemark.evaluation import entry as references
from tidemark.pipeline import check
from tidemark.pipeline.changes import together
from tidemark.project import edit, keeping, lists, template
from tidemark.project.picture import FOLDER as PICTURES

LISTS = (paths.published, paths.sweeps)
"""Files of a task whose keys are datasets."""


def remove(name: str) -> list[Path]:
    """Take dataset `name` out of the pipeline in the working directory; return what was deleted.

    A recording's file stays, unless it is a copy of one that is still there. Raises `InputError` for an
    unknown dataset, or one that others need.
    """
    params.read(params.TOP)
    with together() as changes:
        owners = {dataset: task for task in check.tasks() for dataset in check.datasets(task)}
        if name not in owners:
            known = ", ".join(sorted(owners)) or "none yet"
            raise InputError(f"{name!r}: no dataset of this pipeline; expected one of {known}")
        task = owners[name]
        models = [*params.models(task, name)]
        _check_needed(task, name, models)
        predictors = [*models, *(reference for reference, _, _ in references.references(task, name))]
        group = check.datasets(task)[name]
        entry = params.raw(task, group, name)
        file = entry.get("file") or entry.get("folder")
        simulated = name in (params.read(paths.params(task)).get("simulations") or {})
        entries = [*_entries(task, name, models)]
        changes.write(paths.params(task), _without(paths.params(task).read_text(encoding="utf-8"), entries))
        pipeline = paths.params(task).with_name("dvc.yaml")
        changes.write(pipeline, lists.remove(pipeline.read_text(encoding="utf-8"), task, name))
        for listed in (each(task) for each in LISTS):
            if listed.exists():
                changes.write(listed, edit.remove_key(listed.read_text(encoding="utf-8"), name))
        for lock in sorted(pipeline.parent.rglob("dvc.lock")):
            stages = [("stages", f"{stage}@{key}") for stage, key in _stages(lock, name, models, entries)]
            changes.write(lock, _without(lock.read_text(encoding="utf-8"), stages))
        check.check()
        made = [*_made(task, name, models, predictors)]
        made += [keeping.FOLDER / name] if simulated else []
        # Last, and before the changes are done: after a kill the same command finds the dataset again.
        deleted = [path for path in made if _delete(path)]
        return deleted + (keeping.discard(Path(file), changes) if file else [])


def _check_needed(task: str, name: str, models: Sequence[str]) -> None:
    for other in params.section(task, "finetuned"):
        first = str(params.raw(task, "finetuned", other).get("init_from"))
        if other not in models and first.partition("/")[2] in models:
            raise InputError(
                f"{params.where(task, 'finetuned', other)}: goes on from {first}; take that out first"
            )
    examples = params.read(params.TOP).get("evaluation", {}).get("examples")
    if isinstance(examples, dict) and name in examples:
        raise InputError(
            f"{params.TOP}: evaluation.examples.{name}: chooses examples of it; take that out first"
        )


def _entries(task: str, name: str, models: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Groups and names of the entries to take out."""
    tree = params.read(paths.params(task))
    for group, within in tree.items():
        for key, entry in (within or {}).items():
            about = isinstance(entry, dict) and entry.get("dataset") == name
            if group != template.RECIPES and (key == name or about):
                yield group, key
    left = {
        entry.get("recipe") for group in params.MODELS for key, entry in (tree.get(group) or {}).items()
        if key not in models
    }  # fmt: skip
    used = {tree[group][key].get("recipe") for key, group in params.models(task, name).items()}
    yield from ((template.RECIPES, recipe) for recipe in sorted(used - left))


def _without(text: str, entries: Sequence[tuple[str, str]]) -> str:
    for group, key in entries:
        text = edit.remove(text, group, key)
    return text


def _stages(
    lock: Path, name: str, models: Sequence[str], entries: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Stages of a lock that ran for the dataset: of its own entries, or of entries about it."""
    own = {name, *models, *(key for _, key in entries)}
    known = params.read(lock).get("stages") or {}
    if not isinstance(known, Mapping):
        raise InputError(f"{lock}: stages: expected a mapping; restore the file with git, or delete it")
    for stage in known:
        kind, _, key = stage.partition("@")
        if key in own:
            yield kind, key


def _made(task: str, name: str, models: Sequence[str], predictors: Sequence[str]) -> Iterator[Path]:
    """Everything that stages and commands write of a dataset."""
    yield paths.dataset(name)
    yield Path("data/windows") / name
    yield paths.MODELS / name
    for model in models:
        yield paths.resume(model)
        yield from sorted(Path().glob(f"{paths.resume(model)}.*"))  # of further seeds
        yield paths.cost(model)
    yield paths.headline(name)
    for known in (name, *predictors):
        yield from sorted(paths.METRICS.glob(f"*/{known}.json"))
    yield paths.details(task, name)
    yield paths.figures(task, name)
    yield PICTURES / f"{name}.png"
    yield paths.REPORT.with_name(f"report-{name}.html")


def _delete(path: Path) -> bool:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
    else:
        return False
    return True

"""A project made by an earlier version: its pipeline renewed, with the user's parameters and stages kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from tidemark.core import paths
from tidemark.core.errors import InputError
from tidemark.core.plain_yaml import BROKEN
from tidemark.pipeline import check
from tidemark.pipeline.changes import together
from tidemark.project import init, lists, template

OURS = ("python -m tidemark.stages.", "python -m tidemark.project.")
"""How commands of stages begin that are no user's own."""
LINES = (".gitignore", ".dvcignore")
REPLACED = {f"{folder}/*": f"{folder}/?*" for folder in ("/data", "/data/recorded")}
"""Lines of earlier versions, by which DVC took folders themselves for ignored: it saw nothing added there."""
HINT = "of another version of tidemark; renew with `tidemark init --refresh`, which keeps what is yours"


def is_project() -> bool:
    """Whether the working directory is a project, not a checkout with its own code."""
    top = Path("dvc.yaml")
    return top.exists() and template.INSTALLED.stem in (_tree(top).get("stages") or {})


def outdated() -> list[Path]:
    """Files of the project in the working directory that an earlier version wrote; none in a checkout."""
    return [path for path, _ in _changes()] if is_project() else []


def said() -> list[str]:
    """The same as a line for the user, where there are any."""
    old = outdated()
    more = f" and {len(old) - 1} more" if len(old) > 1 else ""
    return [f"{old[0]}{more}: {HINT}"] if old else []


def refresh() -> list[Path]:
    """Renew those files, all or none, and return them.

    Stages, plots and other keys that are the user's stay, as do all entries of params.yaml files; groups and
    lines that are missing are added. Raises `InputError` where the working directory is no project.
    """
    if not is_project():
        raise InputError(
            "dvc.yaml: not that of a project; go to one, or make one with `tidemark init FOLDER`"
        )
    changed = []
    with together() as changes:
        for path, text in _changes():
            changes.write(path, text)
            changed.append(path)
        check.check()
    return changed


def _changes() -> Iterator[tuple[Path, str]]:
    """Files that are not as this version would have them, and what is to be in them."""
    for name, text in init.shared().items():
        path = Path(name)
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if path.name in LINES:
            text = _with_lines(old, text)
        elif path.suffix == ".yaml":
            yield from _renewed(path, text)
            continue
        if text != old:
            yield path, text
    for task in check.tasks():
        folder = Path("pipelines") / task
        for file, text in template.pipeline(task).items():
            yield from _renewed(folder / file, text, task)


def _renewed(path: Path, text: str, task: str | None = None) -> Iterator[tuple[Path, str]]:
    """A file of YAML, where it says anything else than it would."""
    if not path.exists():
        yield path, text
        return
    old, fresh = _tree(path), template.yaml().load(text) or CommentedMap()
    if path.name == "dvc.yaml":
        listing = task is not None and path == paths.params(task).with_name("dvc.yaml")
        new = _pipeline(old, fresh, text, task if listing else None)
        if _plain(template.yaml().load(new)) != _plain(old):
            yield path, new
    elif path.name == "params.yaml" and (lacking := [key for key in fresh if key not in old]):
        parts = [template.written(CommentedMap({key: fresh[key]})) for key in lacking]
        yield path, "\n".join([path.read_text(encoding="utf-8").rstrip() + "\n", *parts])


def _pipeline(old: Any, fresh: Any, text: str, task: str | None) -> str:
    """A dvc.yaml as this version has it, with what in `old` is the user's."""
    for name, stage in (old.get("stages") or {}).items():
        if name not in fresh["stages"] and not _is_ours(stage):
            fresh["stages"][name] = stage
    plots = [plot for plot in old.get("plots") or () if not _is_of_datasets(plot)]
    for key, value in old.items():
        if key not in fresh and key != "plots":
            fresh[key] = value
        elif key in ("metrics", "params") and value != fresh[key]:
            fresh[key] += [each for each in value if each not in fresh[key]]
    result = text if _plain(fresh) == _plain(template.yaml().load(text)) else template.written(fresh)
    for dataset in check.datasets(task) if task else ():
        result = lists.insert(result, task or "", dataset)
    if plots:
        tree = template.yaml().load(result)
        tree["plots"] = [*(tree.get("plots") or ()), *plots]
        result = template.written(tree)
    return result


def _is_ours(stage: Mapping[str, Any]) -> bool:
    command = (stage.get("do") or stage).get("cmd", "")
    return isinstance(command, str) and command.startswith(OURS)


def _is_of_datasets(plot: Any) -> bool:
    """Whether a plot is one of a file of each dataset, as `tidemark add` lists them."""
    if not isinstance(plot, Mapping):
        return False
    (definition,) = plot.values()
    drawn = definition.get("y") if isinstance(definition, Mapping) else None
    return isinstance(drawn, Mapping) and all(str(path).startswith("../../plots/datasets/") for path in drawn)


def _with_lines(old: str, fresh: str) -> str:
    lines = [REPLACED.get(line, line) for line in old.splitlines()]
    lines += [line for line in fresh.splitlines() if line and line not in lines]
    return old if lines == old.splitlines() else "\n".join(lines) + "\n"


def _tree(path: Path) -> Any:
    try:
        return template.yaml().load(path.read_text(encoding="utf-8")) or CommentedMap()
    except BROKEN as error:
        raise InputError(f"{path}: no YAML ({' '.join(str(error).split())[:200]}); fix it") from None


def _plain(tree: Any) -> Any:
    """A tree as plain lists and mappings, in which order counts in lists alone."""
    if isinstance(tree, Mapping):
        return {str(key): _plain(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_plain(each) for each in tree]
    return tree

"""Each stage declares exactly the code that it runs.

A missing dependency leaves stale results in the cache, a needless one repeats work. The imports
of every stage are walked as text, through the whole package, and held against dvc.yaml.
"""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dvc.repo import Repo

from tidemark.core import params

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src"

# Modules found by name, through the registry: for a stage, the rooms and the keys that name them.
BY_NAME = {
    "generate": ("datasets", {"generator": "signals"}),
    "simulate": ("simulations", {"generator": "simulations"}),
    "train": ("models", {"arch": "models", "task": "tasks"}),
    "finetune": ("finetuned", {"arch": "models", "task": "tasks"}),
    "evaluate": ("models", {"arch": "models", "task": "tasks"}),
    "evaluate-finetuned": ("finetuned", {"arch": "models", "task": "tasks"}),
    "baseline": ("baselines", {"method": "baselines", "task": "tasks"}),
    "project": ("projections", {"arch": "models", "task": "tasks"}),
    "limit": ("limits", {"method": "limits", "task": "tasks"}),
}
BY_TASK = {"models", "baselines", "limits"}
"""Rooms with a folder for each task."""
# Training on fresh signals draws from the generator that wrote the dataset's files: a changed law
# changes those files, which are a dependency.


def module_file(name: str) -> Path | None:
    """The file of a module of the package or of the stages, if it is one."""
    root = SOURCE if name.startswith("tidemark") else REPOSITORY
    path = root.joinpath(*name.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.exists():
            return candidate
    return None


def imported_names(path: Path) -> Iterator[str]:
    """Names of modules imported anywhere in a file, but for those that only the type checker sees."""

    def walk(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield str(node.module)
        for child in ast.iter_child_nodes(node):
            yield from walk(child)

    yield from walk(ast.parse(path.read_text()))


@cache
def reached(path: Path) -> frozenset[Path]:
    """All files of the package that a file imports, itself included."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        current = waiting.pop()
        if current in found:
            continue
        found.add(current)
        for name in imported_names(current):
            if name.split(".")[0] in ("tidemark", "stages") and (file := module_file(name)):
                waiting.append(file)
    return frozenset(found)


@cache
def settings() -> params.Params:
    return params.load(REPOSITORY / "params.yaml")


def stages() -> list[Any]:
    before = Path.cwd()
    os.chdir(REPOSITORY)
    try:
        return [stage for stage in Repo(str(REPOSITORY)).index.stages if stage.cmd]
    finally:
        os.chdir(before)


def needed(stage: Any, settings: params.Params) -> set[Path]:
    """Files whose code runs in a stage; `__init__` files hold none (tested below)."""
    words = stage.cmd.split()
    assert words[:2] == ["python", "-m"]
    files = set(reached(REPOSITORY / f"{words[2].replace('.', '/')}.py"))
    group, _, name = stage.name.partition("@")
    if group == "compare":
        files |= reached(SOURCE / "tidemark/tasks" / f"{name}.py")
    elif group in BY_NAME:
        entries, rooms = BY_NAME[group]
        entry = getattr(settings, entries)[name]
        for key, room in rooms.items():
            folder = SOURCE / "tidemark" / room
            if room in BY_TASK:
                folder /= entry.task
            files |= reached(folder / f"{getattr(entry, key)}.py")
    return {file for file in files if file.name != "__init__.py"}


def declared(stage: Any) -> set[Path]:
    """Code files under a stage's dependencies."""
    files: set[Path] = set()
    for dependency in stage.deps:
        path = Path(dependency.fs_path)
        if path.is_relative_to(SOURCE) or path.is_relative_to(REPOSITORY / "stages"):
            assert path.exists(), f"{stage.name}: {path} is not there"
            files |= set(path.rglob("*")) if path.is_dir() else {path}
    return {f for f in files if f.is_file() and "__pycache__" not in f.parts and f.name != "__init__.py"}


@pytest.mark.parametrize("stage", stages(), ids=lambda stage: stage.name)
def test_declared_code_is_the_code_that_runs(stage: Any) -> None:
    code, listed = needed(stage, settings()), declared(stage)
    templates = {file for file in listed if file.suffix != ".py"}
    if stage.name.endswith("@classify") or stage.name.startswith("baseline@wrist"):
        templates.add(SOURCE / "tidemark/gaps.py")  # one list for all tasks, and only classes have no gaps
    show = lambda files: sorted(str(file.relative_to(REPOSITORY)) for file in files)  # noqa: E731
    assert show(code - listed) == [], "imported but not declared: results would go stale"
    assert show(listed - code - templates) == [], "declared but not imported: work would be repeated"


def test_package_init_files_hold_no_code() -> None:
    for path in (SOURCE / "tidemark").rglob("__init__.py"):
        body = ast.parse(path.read_text()).body
        assert len(body) == 1, path
        assert isinstance(body[0], ast.Expr), path


def test_the_walk_finds_what_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from tidemark import trained\n"
        "def late():\n    from tidemark.core import store\n"
    )
    found = reached(path)
    assert SOURCE / "tidemark/core/store.py" in found
    assert SOURCE / "tidemark/core/errors.py" in found
    assert SOURCE / "tidemark/trained.py" not in found

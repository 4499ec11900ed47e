"""Each stage declares the code that it runs: one that it does not declare would leave stale results.

The imports of every stage are walked as text, through the whole package, and held against the dvc.yaml files.
Parts of a task that are loaded by name, through the registry, are followed from the stage's entry.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from support.pipeline import REPOSITORY, stages

PACKAGE = REPOSITORY / "src/tidemark"
Tree = dict[str, Any]


@cache
def params(task: str) -> Tree:
    tree: Tree = YAML(typ="safe").load(REPOSITORY / f"pipelines/{task}/params.yaml")
    return tree


def methods(task: str, dataset: str) -> Iterator[str]:
    """Files of a dataset's baselines, oracles and limits."""
    for group in ("baselines", "oracles", "limits"):
        entries = params(task)[group][dataset]
        for label in entries:
            options = entries[label] if isinstance(entries, dict) else None
            yield f"{task}/{group}/{(options or {}).get('method', label.replace('-', '_'))}"


def models(task: str) -> dict[str, Tree]:
    return params(task)["models"] | (params(task).get("finetuned") or {})


def training(task: str, name: str) -> Iterator[str]:
    entry = models(task)[name]
    yield from (f"{task}/learning", f"{task}/models/{entry['arch']}", entry["source"])


def evaluation(task: str, name: str) -> Iterator[str]:
    yield from (f"{task}/learning", f"{task}/metrics", *methods(task, name))
    for entry in models(task).values():
        if entry["dataset"] == name:
            yield f"{task}/models/{entry['arch']}"


def projection(task: str, name: str) -> Iterator[str]:
    entry = models(task)[params(task)["projections"][name]["model"]]
    yield from (f"{task}/learning", f"{task}/models/{entry['arch']}")


BY_NAME: dict[str, Callable[[str, str], Iterator[str]]] = {
    "generate": lambda task, name: iter([f"{task}/laws/{params(task)['datasets'][name]['generator']}"]),
    "simulate": lambda task, name: iter([f"{task}/laws/{params(task)['simulations'][name]['generator']}"]),
    "window": lambda task, name: iter([f"{task}/windows"]),
    "train": training,
    "evaluate": evaluation,
    "project": projection,
    "figures": lambda task, name: iter([f"{task}/figures/section"]),
}
"""By stage file, the modules that a stage loads by name."""


def module_file(name: str) -> Path | None:
    """The file of a module of the package or of the stages, if it is one."""
    root = REPOSITORY / "src" if name.startswith("tidemark") else REPOSITORY
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
    seen: set[Path] = set()
    waiting = [path]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        for name in imported_names(current):
            if name.split(".")[0] in ("tidemark", "stages") and (file := module_file(name)):
                waiting.append(file)
    return frozenset(seen)


def needed(stage: Any) -> set[Path]:
    """Files whose code runs in a stage; `__init__` files hold none (tested below)."""
    python, option, module, *arguments = stage.cmd.split()
    if arguments[1:] == ['"$DVC_STAGE"']:
        arguments[1] = stage.name.partition("@")[2]
    assert (python, option, module.partition(".")[0]) == ("python", "-m", "stages")
    files = set(reached(REPOSITORY / f"{module.replace('.', '/')}.py"))
    if by_name := BY_NAME.get(module.removeprefix("stages.")):
        for loaded in by_name(*arguments[:2]):
            files |= reached(PACKAGE / f"{loaded}.py")
    return {file for file in files if file.name != "__init__.py"}


def code(stage: Any) -> list[Path]:
    """Files and folders of code among a stage's dependencies."""
    paths = [Path(dependency.fs_path) for dependency in stage.deps]
    roots = (PACKAGE, REPOSITORY / "stages")
    chosen = [path for path in paths if any(path.is_relative_to(root) for root in roots)]
    for path in chosen:
        assert path.exists(), f"{stage.addressing}: {path} is not there"
    return chosen


@pytest.mark.parametrize("stage", stages(), ids=lambda stage: stage.addressing)
def test_declared_code_is_the_code_that_runs(stage: Any) -> None:
    used, declared = needed(stage), code(stage)
    show = lambda files: sorted(str(file.relative_to(REPOSITORY)) for file in files)  # noqa: E731
    missing = {file for file in used if not any(file.is_relative_to(path) for path in declared)}
    assert show(missing) == [], "imported but not declared: results would go stale"
    needless = {path for path in declared if not any(file.is_relative_to(path) for file in used)}
    assert show(needless) == [], "declared but not imported: work would be repeated"


def test_package_init_files_hold_no_code_but_what_users_import() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        if path.parent == PACKAGE:  # tidemark.load
            continue
        body = ast.parse(path.read_text()).body
        assert len(body) == 1, path
        assert isinstance(body[0], ast.Expr), path


def test_the_walk_finds_what_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from tidemark.core import trained\n"
        "def late():\n    from tidemark.core import store\n"
    )
    found = reached(path)
    assert PACKAGE / "core/store.py" in found
    assert PACKAGE / "core/errors.py" in found
    assert PACKAGE / "core/trained.py" not in found

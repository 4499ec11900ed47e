"""Shared rooms of the package know no task: they import none, name none, and find nothing out by asking."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "src/tidemark"
TASKS = sorted(path.parent.name for path in PACKAGE.glob("*/metrics.py"))
ROOMS = ("core", "signals", "training", "evaluation", "tuning", "report", "prediction", "pipeline", "project")
OF_A_TASK = {"simulate", "participants", "spectrogram", "project"}
"""Stages that one task alone has."""
SETUPS = "setups"
"""Of the room `project`, a file for each task; tasks' own folders are dependencies of their stages."""
LINK = "stages"
"""The stages, as the package has them for projects without a checkout."""
SHARED = sorted(
    [
        *(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py") if path.parent.name != SETUPS),
        PACKAGE / "cli.py",
        *(path for path in (REPOSITORY / "stages").glob("*.py") if path.stem not in OF_A_TASK),
    ]
)
NAMING = re.compile("denois|forecast|classif|infer(?!ence)", re.IGNORECASE)
"""The names of the tasks in all their forms, but for torch's inference mode."""
ALLOWED = {
    ("report/page/speeds.py", ": no microseconds by predictor; run benchmarks/forecast_speed.py --keep again"):
    "the name of a script that the reader is to run",
    ("project/zones.py", "infer"): "pandas' word for an hour that is told by the order of rows",
}  # fmt: skip
DISCOVERY = {
    ("training/resume.py", "getattr(module, '__file__', None)"): "some of Python's own modules have no file",
    ("pipeline/parallel.py", "hasattr(os, 'sched_getaffinity')"): "only Linux has it",
    ("classify/studies/cluster.py", "hasattr(os, 'sched_getaffinity')"): "only Linux has it",
}


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else REPOSITORY))


def words(tree: ast.AST) -> Iterator[str]:
    """Strings and names in a file, but for docstrings."""
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in bare:
                yield text
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.arg(arg=text):
                yield text
            case ast.FunctionDef(name=text) | ast.ClassDef(name=text):
                yield text
            case ast.keyword(arg=str(text)) | ast.ImportFrom(module=str(text)):
                yield text
            case ast.alias(name=text, asname=other):
                yield from (text, other or "")


def test_the_tasks_are_these() -> None:
    assert TASKS == ["classify", "denoise", "forecast", "infer"]
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == {*TASKS, *ROOMS, LINK}
    assert (PACKAGE / LINK).resolve() == REPOSITORY / "stages"
    assert {path.stem for path in (PACKAGE / "project" / SETUPS).glob("*.py")} == {
        *TASKS,
        "__init__",
        "common",
        "participants",  # of classify
    }


@pytest.mark.parametrize("path", SHARED, ids=name)
def test_shared_code_neither_imports_nor_names_a_task(path: Path) -> None:
    naming = [text for text in words(ast.parse(path.read_text())) if NAMING.search(text)]
    assert [text for text in naming if (name(path), text) not in ALLOWED] == []


@pytest.mark.parametrize("task", TASKS)
def test_no_task_imports_another(task: str) -> None:
    others = {f"tidemark.{other}" for other in TASKS if other != task}
    for path in (PACKAGE / task).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert ".".join(str(node.module).split(".")[:2]) not in others, path


def test_nothing_is_found_out_by_asking_for_attributes() -> None:
    """`getattr` without a default is allowed: a field that is not there is an error."""
    discovery = {
        (name(path), ast.unparse(node))
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id == "hasattr" or (node.func.id == "getattr" and len(node.args) == 3)
    }
    assert discovery == set(DISCOVERY)
    assert [path for path in PACKAGE.rglob("*.py") if "ModuleType" in path.read_text()] == []


def test_words_are_seen_in_all_places_but_docstrings() -> None:
    text = '"""denoise"""\nimport a.b as c\ndef d(e: int) -> None:\n    """f"""\n    g.h(i="j")\n'
    assert {*words(ast.parse(text))} >= {"a.b", "c", "d", "e", "g", "h", "i", "j"}
    assert not {"denoise", "f"} & {*words(ast.parse(text))}

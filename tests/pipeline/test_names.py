"""Nothing that params.yaml says is ever a part of a command: neither a name nor the path of a file."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from support.pipeline import REPOSITORY
from support.whole_files import names

COMMAND = re.compile(r"^ *cmd: (.*)$", re.MULTILINE)
PIPELINES = [
    *REPOSITORY.glob("pipelines/**/dvc.yaml"),
    *REPOSITORY.glob("tests/reproduction/toy/pipelines/**/dvc.yaml"),
    REPOSITORY / "dvc.yaml",
    REPOSITORY / "docs/add-a-task.md",
]
STAGES = """
stages:
  window:
    foreach: ${recordings}
    do:
      cmd: python stage.py wave "$DVC_STAGE"
      deps: ["${item.file}"]
      params: ["recordings.${key}"]
"""
STAGE = """
import sys
from pathlib import Path
from tidemark.core import command

def window(task: str, name: str) -> None:
    with Path("said").open("a") as file:
        file.write(f"{task} {name}\\n")

command.run(window)
"""


def test_no_command_holds_anything_of_params() -> None:
    assert len(PIPELINES) > 10
    for path in PIPELINES:
        commands = COMMAND.findall(path.read_text())
        assert commands, path
        for command in commands:
            assert re.fullmatch(
                r'python -m stages\.[a-z]+( [a-z]+ "\$DVC_STAGE"| data/recorded)?', command
            ), path


@pytest.mark.pipeline
def test_names_do_not_reach_the_shell_and_paths_may_be_any(
    project: Callable[[str], Path],
    dvc: Callable[..., subprocess.CompletedProcess[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = project(STAGES)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(REPOSITORY / "src")]))
    (folder / "stage.py").write_text(STAGE)
    files = ["my data.csv", "x; touch pwned.csv", "$(touch pwned).csv", "it's.csv"]
    for file in files:
        (folder / file).write_text("1\n")

    def write(entries: dict[str, str]) -> None:
        tree = {"recordings": {name: {"file": file} for name, file in entries.items()}}
        YAML(typ="safe").dump(tree, folder / "params.yaml")

    write({f"name-{number}": file for number, file in enumerate(files)})
    dvc(folder, "repro")
    assert (folder / "said").read_text() == "".join(f"wave name-{number}\n" for number in range(4))
    before = names(folder)
    for bad in [
        "x; touch pwned",
        "$(touch pwned)",
        "`touch pwned`",
        "it's; touch pwned",
        'a"; touch pwned; "',
    ]:
        write({bad: "my data.csv"})
        done = dvc(folder, "repro", check=False)
        assert done.returncode != 0
        assert "a name is letters, digits, '-' and '_' only; rename the entry" in done.stdout + done.stderr
        assert names(folder) == before

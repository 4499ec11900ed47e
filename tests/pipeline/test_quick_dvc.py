"""dvc.lock is written as DVC would write it, to the byte."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from dvc.utils.serialize import dumps_yaml
from ruamel.yaml import YAML

from tidemark.pipeline.lock_file import blocks, whole
from tidemark.pipeline.quick_dvc import updated

LOCK = (Path(__file__).parents[2] / "dvc.lock").read_text()

STAGES = """
stages:
  first:
    cmd: echo 1 > first && echo a rather long command whose line has to be folded somewhere near here > /dev/null
    params: [deep]
    outs: [first]
  many:
    foreach: [a, b, c]
    do:
      cmd: cat first > ${item}
      deps: [first]
      params: [scale]
      outs: ["${item}"]
"""


def test_the_committed_file_is_taken_apart_and_put_together() -> None:
    assert updated(LOCK, []) == LOCK


def test_a_block_replaces_its_own_and_a_new_one_goes_to_the_end() -> None:
    few = whole(dict(islice((blocks(LOCK) or {}).items(), 10)))
    stages = YAML(typ="safe").load(few)["stages"]
    first, *_ = stages
    other = {"cmd": "true", "params": {"params.yaml": {"none": None, "list": [1, "a b"], "text": "yes"}}}
    written = [dumps_yaml({"stages": {name: other}}).removeprefix("stages:\n") for name in (first, "new@x")]
    changed = updated(few, written)
    assert changed is not None
    assert changed == dumps_yaml(YAML().load(changed))  # as DVC's own writer has it
    found = YAML(typ="safe").load(changed)["stages"]
    assert list(found) == [*stages, "new@x"]
    assert found == {**stages, first: other, "new@x": other}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "schema: '2.0'\n",
        "# a comment\n" + LOCK,
        LOCK + "datasets:\n- name: x\n",
        LOCK.replace("  ", "    "),
    ],
)
def test_another_form_is_left_to_dvc(text: str) -> None:
    assert updated(text, []) is None


@pytest.mark.pipeline
def test_the_file_is_dvcs_own(project: Callable[..., Path]) -> None:
    folder = project(STAGES)
    (folder / "params.yaml").write_text(
        "scale: small\ndeep: {list: [1, 2.5, null], none: null, text: 'no'}\n"
    )
    plain = shutil.copytree(folder, folder.with_name("plain"))
    for scale in ("small", "large"):
        for place, module in [(folder, "tidemark.pipeline.quick_dvc"), (plain, "dvc")]:
            params = place / "params.yaml"
            params.write_text(params.read_text().replace("small", scale))
            subprocess.run(
                [sys.executable, "-m", module, "repro"], cwd=place, check=True, capture_output=True
            )
        assert (folder / "dvc.lock").read_bytes() == (plain / "dvc.lock").read_bytes()
    assert "large" in (folder / "dvc.lock").read_text()

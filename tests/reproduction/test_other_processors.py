"""Stages leave the same bytes on this processor and on one of another maker, which qemu-user emulates.

A few of them, unless TIDEMARK_EVERY_STAGE is set: then all, one test a task, in hours.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from support.changed_params import REPOSITORY, default_tree, write_params
from support.pipeline import stages
from tidemark.core.instructions import PINS, THREADS

INTERPRETER = str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())
OLDEST = 10
"""qemu-user 7.2 crashes where torch takes eigenvectors; versions between were not tried."""
KINDS = (
    *("recorded", "simulate", "generate", "window", "participants", "spectrogram"),
    *("train", "finetune", "evaluate", "project", "figures"),
)
"""Stages in the order in which one needs another."""
SHORT = {"batch": 4, "steps": 2, "validate_every": 2, "warmup": 1}
SMALL = {"long_short_term_memory": {"hidden": 16}}
"""Hyperparameters by architecture: of large matrices the emulator would take eigenvectors for minutes."""
TASKS = ("denoise", "forecast", "infer", "classify")
WRITTEN = ("data", "models", "metrics", "plots")
MODELS = {
    "denoise": ["sine-bidirectional-gru", "lincomb-pure-sta-tanh"],
    "forecast": ["harmonics-noisy-lstm"],
    "infer": ["gp-rbf-neural-process"],
}
"""Recurrent networks, attention to spectra, an optimiser that takes eigenvectors, attention to points."""
FEW = [
    ["stages.generate", "denoise", "sine"],
    ["stages.generate", "denoise", "lincomb-pure"],
    ["stages.generate", "forecast", "harmonics-noisy"],
    ["stages.generate", "infer", "gp-rbf"],
    *(["stages.train", task, name] for task, names in MODELS.items() for name in names),
    ["stages.evaluate", "denoise", "sine"],
    ["stages.evaluate", "infer", "gp-rbf"],
]
UNFIXED = "\n\ndef are_fixed(params: Path) -> bool:\n    return False\n"
"""What makes the code of `instructions.py` leave libraries to their choice."""


def emulator() -> list[str]:
    """The command that runs a program on a processor of another maker; skips the test where there is none."""
    program = shutil.which("qemu-x86_64")
    if program is None or platform.machine() != "x86_64":
        pytest.skip("qemu-x86_64 is missing, or this is no x86-64 processor: sh tests/qemu.sh installs it")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"version (\d+)", said)
    if version is None or int(version[1]) < OLDEST:
        pytest.skip(f"{program} is older than version {OLDEST}: sh tests/qemu.sh installs a newer one")
    intel = "GenuineIntel" in Path("/proc/cpuinfo").read_text()
    return [program, "-cpu", "EPYC" if intel else "Haswell"]


def parameters(task: str, models: Sequence[str] | None) -> dict[str, Any]:
    """A task's entries with few signals and two steps of training at scale smoke; all models, or some."""
    tree = default_tree(task)
    if models is not None:
        tree["models"] = {name: tree["models"][name] for name in models}
        tree |= {"finetuned": {}} if "finetuned" in tree else {}
    for dataset in tree.get("datasets", {}).values():
        dataset["smoke"] |= {"train": min(64, dataset["smoke"]["train"]), "validation": 8, "test": 4}
    for recipe in tree["recipes"].values():
        recipe["training"] = {key: value for key, value in recipe["training"].items() if key not in SHORT}
        recipe["smoke"] |= SHORT
    for model in (tree["models"] | tree.get("finetuned", {})).values():
        for name in SHORT:
            model["smoke"].pop(name, None)
        model["hyperparameters"] |= SMALL.get(model["arch"], {})
        if "checkpoint" in model["smoke"]:
            model["smoke"]["checkpoint"] = f"step-{SHORT['steps']}"
    return tree


def workspace(folder: Path, models: Mapping[str, Sequence[str]] | None = None, code: str = "") -> Path:
    """Code and small parameters at scale smoke; `code` is added to instructions.py."""
    for name in ("src", "stages", *(f"pipelines/{path.name}" for path in REPOSITORY.glob("pipelines/*"))):
        unwanted = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, folder / name, symlinks=True, ignore=unwanted)
    top = default_tree()
    changed = {task: parameters(task, models.get(task, []) if models else None) for task in TASKS}
    changed[""] = top | {"scale": "smoke", "evaluation": top["evaluation"] | {"resamples": 50}}
    write_params(folder, changed)
    with (folder / "src/tidemark/core/instructions.py").open("a") as file:
        file.write(code)
    return folder


def run(folder: Path, commands: Sequence[Sequence[str]], *processor: str) -> dict[str, str]:
    """Run stages in a workspace; SHA-256 of all files that they wrote, by name."""
    own = {*PINS, *THREADS, "TIDEMARK_WARM"}
    variables = {name: value for name, value in os.environ.items() if name not in own}
    # A virtual environment's interpreter is a link, which the emulator follows: it would miss the packages.
    variables |= {"PYTHONPATH": sysconfig.get_path("purelib"), "NUMBA_CACHE_DIR": str(folder / "numba")}
    done = subprocess.run(
        [*processor, INTERPRETER, str(Path(__file__).with_name("other_processor.py"))],
        cwd=folder,
        env=variables,
        input=json.dumps(commands),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for name in WRITTEN
        for path in sorted((folder / name).rglob("*"))
        if path.is_file()
    }


def differing(first: Mapping[str, str], second: Mapping[str, str]) -> set[str]:
    """Files with other bytes, or in one of two workspaces only."""
    return {name for name, _ in first.items() ^ second.items()}


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a few stages wrote on this processor."""
    return run(workspace(tmp_path_factory.mktemp("native"), MODELS), FEW)


@pytest.mark.emulated
def test_a_few_stages_on_a_processor_of_another_maker(native: dict[str, str], tmp_path: Path) -> None:
    written = run(workspace(tmp_path / "emulated", MODELS), FEW, *emulator())
    assert differing(native, written) == set()


def test_left_to_choose_libraries_compute_otherwise(native: dict[str, str], tmp_path: Path) -> None:
    """So the test above would fail if stages did not fix the instruction set."""
    different = differing(native, run(workspace(tmp_path / "chosen", MODELS, UNFIXED), FEW))
    assert any(name.endswith(".safetensors") for name in different)


@pytest.mark.skipif(
    "TIDEMARK_EVERY_STAGE" not in os.environ, reason="hours: set TIDEMARK_EVERY_STAGE to run it"
)
@pytest.mark.parametrize("task", TASKS)
def test_every_stage_on_a_processor_of_another_maker(task: str, tmp_path: Path) -> None:
    processor = emulator()
    needed = [
        stage for stage in stages() if stage.name == "recorded" or f"pipelines/{task}/" in stage.relpath
    ]
    needed.sort(key=lambda stage: KINDS.index(stage.name.partition("@")[0]))
    commands = [stage.cmd.split()[2:] for stage in needed]
    results = [
        run(workspace(tmp_path / name), commands, *start)
        for name, start in (("native", ()), ("emulated", processor))
    ]
    assert differing(*results) == set()

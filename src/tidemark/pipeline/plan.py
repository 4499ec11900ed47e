"""Which stages DVC would run, and what each waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tidemark.core.errors import InputError
from tidemark.pipeline.lock_file import BLOCK, Stages
from tidemark.pipeline.params_once import read_params_once

Hashes = Mapping[str, str]
"""Hash of every output of a stage by its path, as dvc.lock records it."""


@dataclass
class Plan:
    """The stages that a run may have to start."""

    folder: Path
    """Where logs of the run go; not in Git, and not touched by DVC."""
    upstream: dict[str, set[str]]
    """Stages in the pipeline's order, each with those that make what it depends on."""
    changed: set[str]
    """Stages that DVC would run even if nothing upstream of them changed."""
    downstream: dict[str, set[str]] = field(init=False)
    """The stages that depend on each stage."""
    height: dict[str, int] = field(init=False)
    """Number of stages on the longest way from each stage to the end of the pipeline."""

    def __post_init__(self) -> None:
        """Turn the arrows round, and measure how far each stage is from the end."""
        self.downstream = {stage: set() for stage in self.upstream}
        for stage, needed in self.upstream.items():
            for other in needed:
                self.downstream[other].add(stage)
        self.height = {}
        for stage in self.upstream:
            self._measure(stage)

    def _measure(self, stage: str) -> int:
        if stage not in self.height:
            self.height[stage] = 1 + max(map(self._measure, self.downstream[stage]), default=0)
        return self.height[stage]

    def possible(self) -> set[str]:
        """The changed stages and everything downstream of them."""
        found: set[str] = set()
        waiting = list(self.changed)
        while waiting:
            stage = waiting.pop()
            if stage not in found:
                found.add(stage)
                waiting.extend(self.downstream[stage])
        return found


def plan(targets: Sequence[str]) -> Plan:
    """Ask DVC for the stages behind `targets` (all without any) and for those that changed.

    Raises `InputError` where there is no pipeline, where it is broken, or for an unknown target.
    """
    from dvc.exceptions import DvcException, NotDvcRepoError
    from dvc.repo import Repo, lock_repo

    read_params_once()
    try:
        with Repo() as repo, lock_repo(repo):
            return _plan(repo, targets)
    except NotDvcRepoError:
        raise InputError(f"{Path.cwd()}: no pipeline here; run this in a folder with a dvc.yaml") from None
    except DvcException as error:
        raise InputError(" ".join(str(error).split())) from None


def _plan(repo: Any, targets: Sequence[str]) -> Plan:
    graph = repo.index.graph  # an edge leads from a stage to one that it depends on
    upstream = {
        stage: set() if stage.frozen else {other.addressing for other in graph.successors(stage)}
        for stage in repo.index.stages
    }
    by_name = {stage.addressing: stage for stage in upstream}
    waiting = [stage.addressing for target in targets or ["dvc.yaml"] for stage in repo.stage.collect(target)]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(upstream[by_name[name]])
    return Plan(
        folder=Path(repo.tmp_dir) / "repro",
        upstream={stage.addressing: names for stage, names in upstream.items() if stage.addressing in needed},
        changed={name for name in needed if by_name[name].changed()},
    )


def recorded_outputs(stage: str) -> Hashes:
    """Hashes of a stage's outputs in its dvc.lock; empty where there are none that can be read.

    Another stage may be writing the file meanwhile. An entry read whole is right all the same, and
    one that is cut off differs from what it was, which only makes DVC look at what depends on it.
    """
    from ruamel.yaml.error import YAMLError

    file, _, name = stage.rpartition(":")
    try:
        text = Path(file or "dvc.yaml").with_suffix(".lock").read_text(encoding="utf-8")
        found = {match.group(1): match.group() for match in BLOCK.finditer(text)}
        return {out["path"]: str(out["md5"]) for out in Stages(found)[name]["outs"]}
    except (OSError, YAMLError, UnicodeDecodeError, KeyError, TypeError):
        return {}

"""Which stages DVC would run, what each waits for, and to which dataset it belongs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from tidemark.core.errors import InputError
from tidemark.pipeline import irregular
from tidemark.pipeline.child import BUSY

PATIENCE = 1.0
"""Seconds to wait while another DVC is at work on the same files."""
LAST = "figures"
"""The kind of stage that ends the work on a dataset: a group is one of these and all that leads to it."""


def kind(stage: str) -> str:
    """What a stage does: `train` of `pipelines/denoise/train/dvc.yaml:train@sine-rnn`."""
    return stage.rpartition(":")[2].partition("@")[0]


@dataclass
class Plan:
    """The stages that a run may have to start, by their addresses as DVC shows them at the root."""

    root: Path
    """The repository's folder, in which DVC is to be run."""
    upstream: dict[str, set[str]]
    """Every stage that is needed, with those that make what it depends on."""
    changed: set[str]
    """Stages that DVC would run even if nothing upstream of them changed."""
    always: set[str] = field(default_factory=set)
    """Those among them that DVC runs every time."""
    downstream: dict[str, set[str]] = field(init=False)
    """The stages that depend on each stage."""

    def __post_init__(self) -> None:
        """Turn the arrows round."""
        self.downstream = {stage: set() for stage in self.upstream}
        for stage, needed in self.upstream.items():
            for other in needed:
                self.downstream[other].add(stage)

    def possible(self) -> set[str]:
        """The stages that may have to run: those that changed, and all downstream of them."""
        return _connected(self.changed, self.downstream)

    def after(self, stage: str) -> set[str]:
        """The stages that depend on one, directly or not, and the stage itself."""
        return _connected([stage], self.downstream)

    def heights(self, seconds: Callable[[str], float]) -> dict[str, float]:
        """Seconds of the longest way from the start of each stage to the end of the pipeline."""

        @cache
        def height(stage: str) -> float:
            return seconds(stage) + max(map(height, self.downstream[stage]), default=0)

        return {stage: height(stage) for stage in self.upstream}

    def turns(self, seconds: Callable[[str], float]) -> dict[str, int]:
        """Each stage's turn: that of the first dataset that needs it, from the cheapest to the dearest.

        Stages that no dataset needs, as the report, come after them.
        """
        possible = self.possible()
        ends = [stage for stage in self.upstream if stage in possible and kind(stage) == LAST]
        groups = [_connected([end], self.upstream) & possible for end in ends]
        groups.sort(key=lambda group: sum(map(seconds, group)))
        turns = dict.fromkeys(self.upstream, len(groups))
        for turn, group in reversed(list(enumerate(groups))):
            turns |= dict.fromkeys(group, turn)
        return turns


def _connected(stages: Iterable[str], ways: Mapping[str, set[str]]) -> set[str]:
    """Some stages, and all to which ways lead from them."""
    result: set[str] = set()
    waiting = list(stages)
    while waiting:
        stage = waiting.pop()
        if stage not in result:
            result.add(stage)
            waiting.extend(ways[stage])
    return result


def plan(targets: Sequence[str] = ()) -> Plan:
    """Ask DVC for the stages behind `targets` (those of ./dvc.yaml without any) and for those that changed.

    Waits while another DVC is at work on the same files.
    Raises `InputError` where there is no pipeline, where it is broken, or for an unknown target.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo, lock_repo

    waiting = False
    while True:
        try:
            with Repo(_wait_for_lock=True) as repo, lock_repo(repo):
                return _plan(repo, targets)
        except DvcException as error:
            line = " ".join(str(error).split())
            if not any(each in line for each in BUSY):
                raise InputError(line) from None
        if not waiting:
            print("another DVC is at work on the same files; waiting for it to end", flush=True)
            waiting = True
        time.sleep(PATIENCE)


def _plan(repo: Any, targets: Sequence[str]) -> Plan:
    graph = repo.index.graph  # an edge leads from a stage to one that it depends on
    upstream = {
        _address(stage): set() if stage.frozen else set(map(_address, graph.successors(stage)))
        for stage in repo.index.stages
    }
    wanted = [_address(stage) for target in targets or ["dvc.yaml"] for stage in repo.stage.collect(target)]
    needed = _connected(wanted, upstream)
    stages = {_address(stage): stage for stage in repo.index.stages if _address(stage) in needed}
    if path := _in_the_way(stages.values(), Path(repo.root_dir)):
        raise InputError(
            f"{path}: is not the file or folder it was; `tidemark doctor` puts right what it can"
        )
    return Plan(
        root=Path(repo.root_dir),
        upstream={name: upstream[name] for name in stages},
        changed={name for name, stage in stages.items() if stage.changed()},
        always={name for name, stage in stages.items() if stage.always_changed or stage.is_callback},
    )


def _in_the_way(stages: Collection[Any], root: Path) -> Path | None:
    """The first of what DVC may read for ever, or take for what it was."""
    outputs = (path for path, _ in irregular.outputs(stages, root))
    return next(chain(outputs, filter(os.path.lexists, irregular.inputs(stages))), None)


def _address(stage: Any) -> str:
    """A stage's address as DVC shows it at the root, wherever this process is."""
    from dvc.stage import PipelineStage

    file = Path(stage.path_in_repo).as_posix()
    if not isinstance(stage, PipelineStage):  # of a .dvc file
        return file
    return str(stage.name) if file == "dvc.yaml" else f"{file}:{stage.name}"

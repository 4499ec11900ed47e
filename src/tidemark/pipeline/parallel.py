"""`dvc repro` with several stages at a time, each started as soon as what it needs is there."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from math import ceil
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.pipeline.child import Child, environment, stop
from tidemark.pipeline.durations import Durations, about, exact
from tidemark.pipeline.order import find_root, only_run
from tidemark.pipeline.plan import LAST, PATIENCE, Plan, kind, plan
from tidemark.pipeline.progress import Progress
from tidemark.pipeline.warm import server

INTERVAL = 0.1
"""Seconds between two looks at what runs."""
LOG_LINES = 10
"""Lines of a failed stage's log that are shown."""
TOGETHER = 8.0
"""Seconds of work up to which stages share one DVC, whose start costs up to a second."""
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
UP_TO_DATE = "Data and pipelines are up to date."


def cores() -> int:
    """Number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def repro(
    targets: Sequence[str] = (), jobs: int | None = None, finished: Callable[[Path, str], None] | None = None
) -> int:
    """Bring `targets` (by default what ./dvc.yaml needs) up to date, `jobs` stages at a time.

    Datasets are worked through one after the other, from the cheapest to the dearest; `finished` gets
    the repository's folder and the address of each stage that ends one. A failure stops only what
    depends on it; where another DVC is at work on the same files, it waits. What a killed run left behind is
    stopped and put in order first. Returns an exit status: 0 if DVC has nothing left to do at the end;
    1 after a failure; 128 + its number after a signal. Raises `InputError` for a number of jobs below 1,
    an unknown target, or a broken pipeline.
    """
    if jobs is None:
        jobs = cores()
    if jobs < 1:
        raise InputError(f"--jobs = {jobs}: expected at least 1")
    try:
        with only_run(find_root()):
            return _repro(targets, jobs, finished)
    except KeyboardInterrupt:
        print("interrupted: nothing had been started", file=sys.stderr)
        return 128 + signal.SIGINT


def _repro(targets: Sequence[str], jobs: int, finished: Callable[[Path, str], None] | None) -> int:
    todo = plan(targets)
    if not todo.changed:
        print(UP_TO_DATE)
        return 0
    from tidemark.core.names import check_names  # reads all entries: only where DVC would empty anything

    with chdir(todo.root):
        check_names()
    with _noted() as signals:
        run = _Run(todo, jobs, signals, finished)
        run.stages()
        left = set() if run.failed or signals else plan(targets).changed - todo.always
    if signals:
        names = f" while running {', '.join(run.stopped)}" if run.stopped else ""
        print(f"interrupted{names}: run the same command to go on", file=sys.stderr)
        return 128 + signals[0]
    for name, child in run.failed.items():
        print(f"error: {name} failed; its log: {os.path.relpath(child.log)}", file=sys.stderr)
        for line in child.last_lines(LOG_LINES):
            print(f"  {line}", file=sys.stderr)
    if run.skipped:
        print(f"stages not run, as they depend on what failed: {run.skipped}", file=sys.stderr)
    if left:
        names = ", ".join(sorted(left))
        print(f"error: {names} changed meanwhile: run the same command to go on", file=sys.stderr)
    if run.failed or left:
        return 1
    print(UP_TO_DATE)
    return 0


@contextmanager
def _noted() -> Iterator[list[int]]:
    """Signals that stop the run, noted instead of raised, so that no child is ever lost sight of."""
    received: list[int] = []
    before = {
        number: signal.signal(number, lambda number, frame: received.append(number))
        for number in STOPPING
        if signal.getsignal(number) is not signal.SIG_IGN  # as under nohup
    }
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Run:
    """Stages on their way from waiting to done."""

    def __init__(
        self, todo: Plan, jobs: int, signals: Sequence[int], finished: Callable[[Path, str], None] | None
    ) -> None:
        self.failed: dict[str, Child] = {}
        """Every stage that failed, and the process in which it did."""
        self.skipped = 0
        """Number of stages that were not run, because they depend on one that failed."""
        self.stopped: list[str] = []
        """Stages that ran when a signal came."""
        self._plan = todo
        self._jobs = jobs
        self._signals = signals
        self._finished = finished or (lambda root, stage: None)
        self._folder = todo.root / ".dvc" / "tmp" / "repro"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._durations = Durations(self._folder / "durations.json")
        self._turns = todo.turns(self._durations.expected)
        self._waiting = todo.possible()
        self._total, self._done = len(self._waiting), 0
        self._running: list[Child] = []
        self._environment: Mapping[str, str] = {}
        self._progress = Progress()

    def stages(self) -> None:
        """Run every stage that changed or that depends on something that changes now."""
        variables = environment(self._plan.root)
        log = self._folder / "warm.log"
        with self._progress.view, server(self._total, variables, self._plan.root, log) as self._environment:
            try:
                self._work()
            finally:
                self.stopped = [child.left[0] for child in self._running if child.left]
                stop(self._running, lambda: len(self._signals) > 1)  # a second one: in a hurry
                self._durations.save()

    def _work(self) -> None:
        while not self._signals:
            self._start()
            if not self._running:
                break
            if self._progress.live:
                self._progress.show(self._lines(), self._summary())
            time.sleep(INTERVAL)
            for child in list(self._running):
                self._look(child)

    def _start(self) -> None:
        """Give each free worker its next stages."""
        while len(self._running) < self._jobs and (names := self._next()):
            self._waiting -= set(names)
            log = self._folder / f"{re.sub(r'[^A-Za-z0-9_@.-]', '_', names[0])}.log"
            self._running.append(Child(names, self._plan.root, log, self._environment))
            if not self._progress.live:
                self._progress.say(f"started   {', '.join(names)}")

    def _next(self) -> list[str]:
        """Stages for one worker: the one whose turn it is, and short ones that can follow it.

        Of a dataset's stages, those with the longest way before them come first. A worker leaves to
        others their share of what can begin now.
        """
        expected, turns = self._durations.expected, self._turns
        heights = self._plan.heights(expected)
        order = sorted(self._waiting, key=lambda name: (turns[name], -heights[name], name))
        open_ = self._waiting.union(*(child.left for child in self._running))
        ready = [name for name in order if not self._plan.upstream[name] & open_]
        names = ready[:1]
        seconds = sum(map(expected, names))
        share = [name for name in ready if turns[name] == turns[names[0]]]
        share = share[1 : ceil(len(share) / self._jobs)]
        for name in order:  # what depends on others comes after them
            needed = self._plan.upstream[name] & open_
            follows = name in share or (needed and needed <= set(names))
            if follows and seconds + expected(name) <= TOGETHER:
                names.append(name)
                seconds += expected(name)
        return names

    def _look(self, child: Child) -> None:
        for name, how, seconds in child.look():
            self._done += 1
            if how == "finished":
                self._durations.note(name, seconds)
            self._progress.say(f"{how:<9} {name} in {exact(seconds)} ({self._summary()})")
            if how != "unchanged" and kind(name) == LAST:
                try:
                    self._finished(self._plan.root, name)
                except Exception as error:  # a table that cannot be shown is no reason to stop
                    self._progress.say(f"{name}: {error}")
        if child.status is not None:
            self._running.remove(child)
            if child.left and child.busy():
                self._progress.say(f"waiting   {child.left[0]}: another DVC is at work on the same files")
                self._waiting |= set(child.left)
                time.sleep(PATIENCE)
            elif child.left:
                self._fail(child)

    def _fail(self, child: Child) -> None:
        """Note the stage that DVC was at; the others that were to follow it wait again."""
        name = child.left[0]
        self.failed[name] = child
        self._waiting |= set(child.left[1:])
        lost = self._waiting & self._plan.after(name)
        self._waiting -= lost
        self.skipped += len(lost)
        self._progress.say(f"failed    {name} in {exact(child.seconds())}")

    def _lines(self) -> list[str]:
        """What runs, a line a worker."""
        return [
            f"{child.left[0]}  {exact(child.seconds())}"
            + (f", then {len(child.left) - 1} more" if child.left[1:] else "")
            for child in self._running
        ]

    def _summary(self) -> str:
        """How far the run is, and how long the rest will take: no less than its longest chain."""
        expected = self._durations.expected
        ways = self._plan.heights(expected)
        left = {name: expected(name) for name in self._waiting}
        for child in self._running:
            left |= {name: expected(name) for name in child.left}
            for name in child.left[:1]:
                passed = min(child.seconds(), left[name])
                left[name] -= passed
                ways[name] -= passed
        text = f"{self._done} of {self._total} done"
        if not left:
            return text
        longest = max(ways[name] for name in left)
        return f"{text}, about {about(max(longest, sum(left.values()) / self._jobs))} left"

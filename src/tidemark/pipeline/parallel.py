"""`dvc repro` with several stages at a time, each started as soon as what it needs is there."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from itertools import chain
from math import ceil
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from tidemark.core.errors import InputError
from tidemark.pipeline.child import Child, last_lines, stop
from tidemark.pipeline.plan import Hashes, Plan, plan, recorded_outputs
from tidemark.pipeline.progress import Progress

INTERVAL = 0.05
"""Seconds between two looks at what runs."""
LOG_LINES = 20
"""Lines of a failed stage's log that are shown."""
LONG = ("train@", "finetune@")
"""Stages that take long get a DVC of their own; short ones share one, whose start costs more than they do."""
MOST = 8
"""Stages that share one DVC at most: a failure among them holds up the others."""
CLOSING = ("dvc repro",)
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
RAN = re.compile(r"^(?:Running stage|Stage) '([^']*)'(?::$| is cached - skipping run)", re.MULTILINE)


def cores() -> int:
    """Number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def repro(targets: Sequence[str] = (), jobs: int | None = None) -> int:
    """Bring `targets` (by default everything) up to date, `jobs` stages at a time; return an exit status.

    They are run by `dvc repro -s`, several short ones by one; a plain `dvc repro` of the same targets
    ends the run, and its success is the result. After a failure, stages that run are finished, nothing
    more is started, and the result is 1; after a signal, all is stopped and the result is 128 + its
    number. Raises `InputError` for a number of jobs below 1, an unknown target, or a broken pipeline.
    """
    if jobs is None:
        jobs = cores()
    if jobs < 1:
        raise InputError(f"--jobs = {jobs}: expected at least 1")
    try:
        todo = plan(targets)
    except KeyboardInterrupt:
        print("interrupted: nothing had been started", file=sys.stderr)
        return 128 + signal.SIGINT
    with _Signals() as signals, Progress(len(todo.possible())) as progress:
        run = _Run(todo, jobs, progress, signals)
        run.stages()
        if not run.failed:
            run.close(targets)
    if signals.received:
        names = f" while running {', '.join(run.stopped)}" if run.stopped else ""
        print(f"interrupted{names}: run the same command to go on", file=sys.stderr)
        return 128 + signals.received
    for name, log in run.failed.items():
        print(f"error: {name} failed; its log: {os.path.relpath(log)}", file=sys.stderr)
    return 1 if run.failed else 0


class _Signals:
    """Signals that stop the run, noted instead of raised, so that no child is ever lost sight of."""

    def __init__(self) -> None:
        self.received = 0
        self.count = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> _Signals:
        for number in STOPPING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.received = self.received or number
        self.count += 1

    def again(self) -> bool:
        """Whether more than one came: the user is in a hurry."""
        return self.count > 1


class _Run:
    """Stages on their way from waiting to done."""

    def __init__(self, todo: Plan, jobs: int, progress: Progress, signals: _Signals) -> None:
        self.failed: dict[str, Path] = {}
        """Log of every stage that failed."""
        self.stopped: list[str] = []
        self._plan = todo
        self._jobs = jobs
        self._progress = progress
        self._signals = signals
        self._changed = set(todo.changed)
        self._waiting = todo.possible()
        self._running: dict[tuple[str, ...], Child] = {}
        self._before: dict[str, Hashes] = {}

    def stages(self) -> None:
        """Run every stage that changed or that depends on something that changes now."""
        while not self._signals.received:
            if not self.failed:
                self._start()
            if not self._running:
                break
            self._wait()
        self._stop()

    def close(self, targets: Sequence[str]) -> None:
        """Let plain `dvc repro` confirm that nothing is left to do."""
        if self._signals.received:
            return
        child = Child(["repro", "--", *targets], self._plan.folder / "dvc-repro.log")
        self._running[CLOSING] = child
        self._progress.watch(CLOSING, child)
        while self._running and not self._signals.received:
            self._wait()
        self._stop()
        if self._signals.received or self.failed:
            return
        if again := RAN.findall(child.text()):
            self._progress.say(f"dvc repro found more to do: {', '.join(again)}")
        self._progress.say(last_lines(child.text(), 1)[0])

    def _start(self) -> None:
        """Start stages that have all they need, those with most stages after them first."""
        while len(self._running) < self._jobs and (ready := self._ready()):
            names = self._together(ready)
            self._waiting -= set(names)
            for name in names:
                if not self._plan.downstream[name] <= self._changed:
                    self._before[name] = recorded_outputs(name)
            log = self._plan.folder / f"{re.sub(r'[^A-Za-z0-9_@.-]', '_', names[0])}.log"
            self._running[names] = Child(["repro", "--single-item", "--", *names], log)
            self._progress.start(names, self._running[names])

    def _ready(self) -> list[str]:
        """Stages that may start now."""
        found = []
        for name in sorted(self._plan.upstream, key=self._plan.height.__getitem__, reverse=True):
            busy = self._waiting.union(*self._running)
            if name not in self._waiting or self._plan.upstream[name] & busy:
                continue
            if name in self._changed:
                found.append(name)
            else:  # what it depends on was made again, and is the same
                self._waiting.remove(name)
                self._progress.done += 1
        return found

    def _together(self, ready: list[str]) -> tuple[str, ...]:
        """The first stage that is ready; if it is a short one, with its share of the other short ones."""
        short = [name for name in ready if not name.startswith(LONG)]
        if ready[0] not in short:
            return (ready[0],)
        return tuple(short[: min(MOST, ceil(len(short) / self._jobs))])

    def _wait(self) -> None:
        time.sleep(INTERVAL)
        for names, child in list(self._running.items()):
            status = child.status()
            if status is None:
                continue
            del self._running[names]
            if status != 0:
                self._fail(names, child)
            elif names != CLOSING:
                self._progress.end(names, "finished")
                self._finish(names)

    def _finish(self, names: Sequence[str]) -> None:
        for name in names:
            before = self._before.get(name)
            if not before or recorded_outputs(name) != before:
                self._changed |= self._plan.downstream[name]

    def _fail(self, names: tuple[str, ...], child: Child) -> None:
        begun = [name for name in RAN.findall(child.text()) if name in names]
        name = begun[-1] if begun else names[0]  # DVC runs them in order, up to the first that fails
        self.failed[name] = child.log
        self._progress.end(names, "failed", name)
        for line in last_lines(child.text(), LOG_LINES):
            self._progress.say(f"  {line}")
        if self._running:
            self._progress.say(f"waiting for {', '.join(chain(*self._running))}; nothing else is started")

    def _stop(self) -> None:
        self.stopped += chain(*self._running)
        stop(list(self._running.values()), self._signals.again)
        self._running.clear()

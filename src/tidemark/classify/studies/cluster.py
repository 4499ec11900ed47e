"""Work on participants side by side, by Dask: processes on this machine, or a cluster that is there already.

A cluster given by its scheduler's address must have this version of tidemark installed on its workers, and
must see the study's folder and the folder of its windows under the same paths, as on a shared file system.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import psutil  # type: ignore[import-untyped]

from tidemark.core.errors import InputError
from tidemark.core.progress import Progress

Job = TypeVar("Job")
Result = TypeVar("Result")

CONNECT_SECONDS = 10
"""Time to find a scheduler, and then a worker of its."""
MEMORY = 3 * 2**29
"""Bytes that a participant may take: processes are started for no more than fit in what is free."""
DEATHS = 2
"""How often a worker may be lost over the same participant before it is given up."""


def each(
    work: Callable[[Job], Result], jobs: Mapping[str, Job], scheduler: str | None, where: str, title: str
) -> Iterator[tuple[str, Result]]:
    """Do `work` for every job; give names and results as they are ready, and show progress under `title`.

    A single job is done here if no `scheduler` is named, a Dask scheduler's address found under the key
    `where`. Raises `InputError` if that cannot be reached, has no worker, or loses its workers over a job.
    """
    with Progress(title, len(jobs), "participant") as progress:
        here = not jobs or (scheduler is None and len(jobs) == 1)
        alone = ((name, work(job)) for name, job in jobs.items())
        for name, result in alone if here else _distributed(work, jobs, scheduler, where):
            yield name, result
            progress.show(progress.done + 1)


def _distributed(
    work: Callable[[Job], Result], jobs: Mapping[str, Job], scheduler: str | None, where: str
) -> Iterator[tuple[str, Result]]:
    distributed: Any = import_module("distributed")  # its functions have no types
    lost = (distributed.KilledWorker, distributed.CancelledError, OSError)

    with _client(len(jobs), scheduler, where) as client:
        futures = {client.submit(work, job, pure=False): name for name, job in jobs.items()}
        try:
            for future in distributed.as_completed(list(futures)):
                name = futures[future]
                try:
                    result = future.result()
                except lost as error:
                    raise InputError(
                        f"{name}: its worker was lost ({type(error).__name__}), perhaps for want of memory; "
                        "run this again, or on a cluster with more memory"
                    ) from None
                yield name, result
        finally:
            for future in futures:
                future.cancel()


@contextmanager
def _client(jobs: int, scheduler: str | None, where: str) -> Iterator[Any]:
    """A client of the scheduler at an address, or of processes started on this machine for so many jobs."""
    dask: Any = import_module("dask")
    distributed: Any = import_module("distributed")

    with ExitStack() as stack:
        stack.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": DEATHS}))
        logger = logging.getLogger("distributed")  # what the user can fix is said in one line
        stack.callback(logger.setLevel, logger.level)
        logger.setLevel(logging.CRITICAL)
        if scheduler is None:
            # Workers import the code that runs here, whatever is installed.
            sources = [str(Path(__file__).parents[2]), *filter(None, sys.path)]
            cluster = distributed.LocalCluster(
                n_workers=_workers(jobs),
                threads_per_worker=1,
                processes=True,
                memory_limit=0,
                dashboard_address=None,
                env={"PYTHONPATH": os.pathsep.join(sources)},
            )
            stack.enter_context(cluster)
            yield stack.enter_context(distributed.Client(cluster))
            return
        try:
            client = distributed.Client(scheduler, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise InputError(
                f"{where} = {scheduler!r}: no Dask scheduler answers there ({type(error).__name__}); start "
                "one (`dask scheduler`), fix the address, or leave the key out"
            ) from None
        stack.enter_context(client)
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError:
            raise InputError(
                f"{where} = {scheduler!r}: the scheduler has no worker; start one (`dask worker {scheduler}`)"
            ) from None
        yield client


def _workers(jobs: int) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(jobs, cores, int(psutil.virtual_memory().available) // MEMORY))

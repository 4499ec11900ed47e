"""A whole study cut into windows: a folder for each participant, and study.json of what came of them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tidemark.core import store
from tidemark.core.errors import InputError
from tidemark.core.study import StudyEntry
from tidemark.studies import fingerprint
from tidemark.studies.cluster import each
from tidemark.studies.dictionary import Dictionary, read_dictionary
from tidemark.studies.folder import participants
from tidemark.studies.participant import cut_participant

ARRAYS = ("signal", "time", "label")


@dataclass(frozen=True)
class CutJob:
    """All that a process needs to cut one participant's windows."""

    source: Path
    target: Path
    dictionary: Dictionary
    entry: StudyEntry
    fingerprint: str
    code: str


@dataclass(frozen=True)
class Outcome:
    """What came of one participant."""

    windows: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None
    """What is wrong with its file, if anything."""


def cut_study(name: str, entry: StudyEntry, folder: Path, windows: Path) -> None:
    """Cut the participants of study `name`, whose recordings are in `folder`, into `windows`/<participant>.

    Writes signal.npy (windows, 3, samples) float32 g, time.npy (windows,) int64 nanoseconds, label.npy
    (windows,) int64 class, and participant.json; and `windows`/study.json. A participant whose folder is
    there and depends on what it would depend on now is left as it is; folders of participants that are no
    longer there are removed. Raises the `InputError` of the first participant whose file is broken, or with
    on_error: skip leaves those out and says so in study.json; none is left half-written.
    """
    sources = participants(folder, name)
    path = folder / entry.dictionary
    dictionary = read_dictionary(path, entry.labels, f"studies.{name}.labels")
    _tidy(windows, set(sources))
    code = fingerprint.of_code()
    outcomes: dict[str, Outcome] = {}
    jobs: dict[str, CutJob] = {}
    for participant, source in sources.items():
        target = windows / participant
        print_ = fingerprint.of_windows(source, path, entry, code)
        if (known := _known(target, print_)) is not None:
            outcomes[participant] = known
        else:
            jobs[participant] = CutJob(source, target, dictionary, entry, print_, code)
    try:
        for participant, outcome in each(cut_one, jobs, entry.scheduler, f"studies.{name}.scheduler", name):
            outcomes[participant] = outcome
            if entry.on_error == "stop":
                _stop(list(sources), outcomes)
    finally:
        _tidy(windows, set(sources))
    _write(windows / "study.json", list(sources), outcomes, dictionary, folder)


def cut_one(job: CutJob) -> Outcome:
    """Cut one participant's windows and write them; after an `InputError` its folder is gone."""
    entry = job.entry
    try:
        if fingerprint.of_code() != job.code:
            raise InputError(
                f"{job.source.name}: the worker has another version of tidemark; install the same one there"
            )
        found = cut_participant(
            job.source,
            job.dictionary,
            length=entry.samples,
            rate=entry.sampling_rate,
            unit=entry.units,
            overlap=entry.overlap,
        )
    except InputError as error:
        if job.target.exists():
            shutil.rmtree(job.target)
        return Outcome(error=str(error))
    with store.replacing(job.target) as temporary:
        temporary.mkdir()
        for array in ARRAYS:
            np.save(temporary / f"{array}.npy", getattr(found, array), allow_pickle=False)
        content = {
            "classes": list(job.dictionary.classes),
            "dropped": dict(found.dropped),
            "fingerprint": job.fingerprint,
            "sampling_rate": entry.sampling_rate,
            "windows": len(found.time),
        }
        store.write_json(temporary / "participant.json", content)
    return Outcome(len(found.time), found.dropped)


def _known(target: Path, wanted: str) -> Outcome | None:
    """What came of a participant earlier, if its folder is whole and depends on the same things."""
    if not all((target / f"{array}.npy").is_file() for array in ARRAYS):
        return None
    try:
        content = store.read_json(target / "participant.json")
        if content["fingerprint"] != wanted:
            return None
        return Outcome(content["windows"], content["dropped"])
    except (InputError, KeyError, TypeError):
        return None


def _stop(names: list[str], outcomes: Mapping[str, Outcome]) -> None:
    """Raise the error of the first participant in order, once it is known to be the first."""
    for name in names:
        if name not in outcomes:
            return
        if (error := outcomes[name].error) is not None:
            raise InputError(error)


def _tidy(windows: Path, names: set[str]) -> None:
    """Remove folders of participants that are not there, and what a killed process left half-written."""
    if not windows.is_dir():
        return
    for path in windows.iterdir():
        if path.is_dir() and path.name not in names:
            shutil.rmtree(path)


def _write(
    path: Path, names: list[str], outcomes: Mapping[str, Outcome], dictionary: Dictionary, folder: Path
) -> None:
    skipped = {name: error for name in names if (error := outcomes[name].error) is not None}
    if len(skipped) == len(names):
        raise InputError(f"{folder}: no participant could be read; the first one: {skipped[names[0]]}")
    done = {
        name: {"windows": outcomes[name].windows, "dropped": dict(outcomes[name].dropped)}
        for name in names
        if name not in skipped
    }
    store.write_json(path, {"classes": list(dictionary.classes), "participants": done, "skipped": skipped})

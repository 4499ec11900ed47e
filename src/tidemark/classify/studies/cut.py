"""A whole study cut into windows: a folder for each participant, and study.json of what came of them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tidemark.classify.studies import extracted, fingerprint
from tidemark.classify.studies.cluster import each
from tidemark.classify.studies.dictionary import Dictionary, read_dictionary
from tidemark.classify.studies.entry import MADE_UP, StudyEntry
from tidemark.classify.studies.folder import participants
from tidemark.classify.studies.participant import cut_participant
from tidemark.core import params, store
from tidemark.core.errors import InputError
from tidemark.core.replacing import replacing

ARRAYS = ("signal", "time", "label")


@dataclass(frozen=True)
class CutJob:
    """All that a process needs to cut one participant's windows."""

    source: Path
    """Its file, or the folder that has the windows of all."""
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

    Windows that were cut elsewhere (`studies.extracted`) are taken over instead.
    Writes signal.npy (windows, 3, samples) float32 g, time.npy (windows,) int64 nanoseconds, label.npy
    (windows,) int64 class, and participant.json; and `windows`/study.json. A participant whose folder is
    there and depends on what it would depend on now is left as it is; folders of participants that are no
    longer there are removed. Raises the `InputError` of the first participant whose file is broken, or with
    on_error: skip leaves those out and says so in study.json; none is left half-written.
    """
    arrays = extracted.read(folder, entry) if extracted.is_extracted(folder) else None
    sources = participants(folder, name) if arrays is None else extracted.participants(folder, arrays)
    path = folder / entry.dictionary
    where = params.where("classify", "studies", name)
    dictionary = read_dictionary(path, entry.labels, f"{where}.labels")
    _tidy(windows, set(sources))
    code = fingerprint.of_code()
    outcomes: dict[str, Outcome] = {}
    jobs: dict[str, CutJob] = {}
    for participant, source in sources.items():
        target = windows / participant
        if arrays is None:
            content = fingerprint.of_file(source)
        else:
            content = extracted.fingerprint(arrays, participant)
        print_ = fingerprint.of_windows(content, path, entry, code)
        if (known := _known(target, print_)) is not None:
            outcomes[participant] = known
        else:
            jobs[participant] = CutJob(source, target, dictionary, entry, print_, code)
    try:
        for participant, outcome in each(cut_one, jobs, entry.scheduler, f"{where}.scheduler", name):
            outcomes[participant] = outcome
            for before in sources if entry.on_error == "stop" else ():
                if before not in outcomes:
                    break  # the first broken one in order counts
                if (error := outcomes[before].error) is not None:
                    raise InputError(error)
    finally:
        _tidy(windows, set(sources))
    skipped = {name: error for name in sources if (error := outcomes[name].error) is not None}
    if len(skipped) == len(sources):
        first = skipped[next(iter(sources))]
        raise InputError(f"{folder}: no participant could be read; the first one: {first}")
    done = {
        name: {"windows": outcomes[name].windows, "dropped": dict(outcomes[name].dropped)}
        for name in sources
        if name not in skipped
    }
    study = {"classes": list(dictionary.classes), "participants": done, "skipped": skipped}
    made_up = {"made_up": True} if (folder / MADE_UP).exists() else {}
    store.write_json(windows / "study.json", study | made_up)


def cut_one(job: CutJob) -> Outcome:
    """Cut one participant's windows and write them; after an `InputError` its folder is gone."""
    entry = job.entry
    try:
        if fingerprint.of_code() != job.code:
            raise InputError(
                f"{job.source.name}: the worker has another version of tidemark; install the same one there"
            )
        if job.source.is_dir():
            result = extracted.windows_of(job.source, job.target.name, job.dictionary, entry)
        else:
            result = cut_participant(
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
    with replacing(job.target) as temporary:
        temporary.mkdir()
        for array in ARRAYS:
            np.save(temporary / f"{array}.npy", getattr(result, array), allow_pickle=False)
        content = {
            "classes": list(job.dictionary.classes),
            "dropped": dict(result.dropped),
            "fingerprint": job.fingerprint,
            "sampling_rate": entry.sampling_rate,
            "windows": len(result.time),
        }
        store.write_json(temporary / "participant.json", content)
    return Outcome(len(result.time), result.dropped)


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


def _tidy(windows: Path, names: set[str]) -> None:
    """Remove folders of participants that are not there, and what a killed process left half-written."""
    if not windows.is_dir():
        return
    for path in windows.iterdir():
        if path.is_dir() and path.name not in names:
            shutil.rmtree(path)

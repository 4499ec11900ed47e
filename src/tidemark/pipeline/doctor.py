"""What may be wrong in a pipeline's folder after kills, full disks and failing ones; found, and put right."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from tidemark.core.errors import InputError
from tidemark.core.replacing import END, START, folder_lock, remove, replacing
from tidemark.pipeline import ignored, irregular, memory, places, written
from tidemark.pipeline.added import put_right, unseen
from tidemark.pipeline.contents import (
    OBJECT,
    Recorded,
    added_folders,
    is_damaged,
    listing_of,
    lost,
    md5,
    place,
    recorded,
    wrong_objects,
)
from tidemark.pipeline.locks import ASIDE, at_work, committed, set_aside, tracked
from tidemark.pipeline.order import alone, find_root, put_in_order
from tidemark.pipeline.parallel import repro

TEMPORARY = re.compile(rf"{re.escape(START)}[0-9a-f]{{16}}{re.escape(END)}")
OTHERS = (".git", ".dvc", ".venv", "__pycache__")
"""Folders that nothing of the pipeline's is written to, but for the cache."""


DVC = ("", "plots", "tmp")
"""Folders in .dvc in which files are replaced."""


class Doctor:
    """A look at the pipeline in a folder; whoever takes it holds the lock of the folder's runs."""

    def __init__(self, repo: Any, repair: bool) -> None:
        """Look at the folder of DVC's `Repo`, and put right what can be if `repair`."""
        self._repo, self._repair = repo, repair
        self._root, self._cache = Path(repo.root_dir), Path(repo.cache.local.path)
        self.taken = 0
        """Number of files that were taken away, which a run brings back."""
        self.left = 0
        """Number of faults that are still there."""

    def look(self) -> Iterator[str]:
        """A line for each fault and what was done about it."""
        yield from self._temporary()
        for path in unseen(self._repo):
            self.left += 1
            yield (
                f"{self._shown(path)}: DVC does not see it, since Git ignores its folder; where `git "
                f"check-ignore -v {self._shown(path.parent)}/` names a pattern that ends with *, let it end "
                "with ?* (in a project `tidemark init --refresh` does)"
            )
        yield from self._contents()
        yield from self._irregular()  # also links to objects that have just been taken away
        yield from self._weights()

    def _temporary(self) -> Iterator[str]:
        """Temporary files and folders that no process is writing."""
        for path in [*temporary(self._root), *self._temporary_objects()]:
            with folder_lock(path.parent, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
                if not alone:
                    continue
                if self._repair:
                    remove(path)
                self.left += path.exists()
                yield f"{self._shown(path)}: left by a killed process{self._done(': removed')}"

    def _temporary_objects(self) -> Iterator[Path]:
        for path in sorted(self._cache.glob("[0-9a-f][0-9a-f]/*")):
            if not OBJECT.fullmatch(path.name) and path.name.endswith(END):
                yield path

    def _irregular(self) -> Iterator[str]:
        """What is no file or folder in the place of one; a stage makes the right one again."""
        stages = self._repo.index.stages
        for path, elsewhere in dict(irregular.outputs(stages, self._root)).items():
            if elsewhere:
                self.left += 1
                yield f"{self._shown(path)}: a link that leads nowhere; mount what it leads to, or delete it"
                continue
            self.left += not self._repair
            if self._repair:
                self._move(path)
                self.taken += 1
            yield f"{self._shown(path)}: is no file or folder{self._done(': taken away')}"
        for path in irregular.inputs(stages):
            shown = path.relative_to(self._root) if path.is_relative_to(self._root) else path
            if not (names := tracked(self._root, shown)):
                self.left += 1
                yield f"{shown}: is not there, or not what it was, and no stage makes it; put it there again"
                continue
            self.left += not self._repair
            if self._repair and os.path.lexists(path):
                self._move(path)
            for name in names if self._repair else ():
                with replacing(self._root / name) as temporary:
                    temporary.write_bytes(committed(self._root, name) or b"")
            yield f"{shown}: is not there, or not what it was{self._done(': back from the last commit')}"

    def _contents(self) -> Iterator[str]:
        """Objects of the cache and outputs that do not have the bytes that their hashes say."""
        wrong = dict(wrong_objects(self._cache))
        if self._repair:  # first, so that nothing wrong is taken for a listing or a copy
            for path in wrong:
                self._move(path)
        yield from self._listings()
        whole: dict[str, Path] = {}
        differing = []
        for entry in recorded(self._repo):
            if (self._root / entry.path).is_file():
                if md5(self._root / entry.path) == entry.digest:
                    whole[entry.digest] = self._root / entry.path
                else:
                    differing.append(entry)
            elif entry.by_user and place(self._cache, entry.digest).is_file():
                yield self._brought_back(entry)
            elif entry.by_user:
                self.left += 1
                yield (f"{entry.path}: was added, and is neither here nor in the cache: `dvc pull` it")
        for path, digest in wrong.items():
            self.left += not self._repair
            done = ": taken away"
            if digest in whole and self._repair:
                with replacing(path) as temporary:
                    shutil.copyfile(whole[digest], temporary)
                    temporary.chmod(0o444)
                done = f": made again from {self._shown(whole[digest])}"
            elif self._repair and not path.exists():
                self.taken += 1
            yield f"{self._shown(path)}: its bytes do not have the hash of its name{self._done(done)}"
        for entry in differing:
            kept = place(self._cache, entry.digest)
            if entry.by_user and not self._is_damaged(entry, kept):
                self.left += 1
                size = lost(kept, self._root / entry.path) if kept.is_file() else 0
                cut = f"; its last {size:,} bytes are gone, by an edit or a crash" if size else ""
                yield (
                    f"{entry.path}: not the file that was added{cut}: "
                    f"`dvc add {entry.path}` takes the new one, "
                    f"`dvc checkout --force {entry.path}` brings the old one back"
                )
                continue
            self.left += not self._repair
            if self._repair:
                self._move(self._root / entry.path)
                self.taken += 1
                if entry.cached and kept.is_file():
                    self._copy(entry)
            yield f"{entry.path}: its bytes do not have the hash in dvc.lock{self._done(': taken away')}"

    def _listings(self) -> Iterator[str]:
        """Listings of added folders that the cache has lost, which no stage would write again."""
        for folder, digest in added_folders(self._repo):
            path = place(self._cache, digest)
            content, known = listing_of(self._root / folder)
            if path.exists() or known != digest:
                continue
            self.left += not self._repair
            if self._repair:
                path.parent.mkdir(parents=True, exist_ok=True)
                with replacing(path) as temporary:
                    temporary.write_bytes(content)
                    temporary.chmod(0o444)
            yield f"{self._shown(path)}: the listing of {folder} is not there{self._done(': made again')}"

    def _brought_back(self, entry: Recorded) -> str:
        """An added file that is gone, or no file now, which no stage would make again."""
        self.left += not self._repair
        if self._repair:
            if os.path.lexists(self._root / entry.path):  # a link too: nothing is written to where it leads
                self._move(self._root / entry.path)
            (self._root / entry.path).parent.mkdir(parents=True, exist_ok=True)
            self._copy(entry)
        return f"{entry.path}: was added, and is not there{self._done(': brought back')}"

    def _copy(self, entry: Recorded) -> None:
        """Take a file from the cache."""
        with replacing(self._root / entry.path) as temporary:
            shutil.copyfile(place(self._cache, entry.digest), temporary)

    def _is_damaged(self, entry: Recorded, kept: Path) -> bool:
        """Whether an added file is to be had again, and cannot have been changed on purpose."""
        return kept.is_file() and (entry.untouched or is_damaged(kept, self._root / entry.path))

    def _weights(self) -> Iterator[str]:
        """Weights that are not finite, though they are what training wrote."""
        for path in sorted(self._root.glob("models/**/*.safetensors")):
            if path.is_file() and (said := not_finite(path)):
                self.left += 1
                yield f"{self._shown(path)}: {said}; change its training or data, and run it again"

    def _move(self, path: Path) -> None:
        if path.is_relative_to(self._root):
            set_aside(self._root, path.relative_to(self._root))
        else:
            set_aside(self._root, Path("cache") / path.parent.name / path.name, path)  # shared with others

    def _shown(self, path: Path) -> str:
        return os.path.relpath(path, self._root)

    def _done(self, text: str) -> str:
        return text if self._repair else ""


def temporary(root: Path) -> Iterator[Path]:
    """Temporary files and folders of outputs below `root`, and of what DVC has there beside its cache."""
    for folder, folders, files in chain(os.walk(root), *(_alone(root / ".dvc" / name) for name in DVC)):
        found = [name for name in [*folders, *files] if TEMPORARY.fullmatch(name)]
        folders[:] = sorted(name for name in folders if name not in (*OTHERS, *found))
        yield from (Path(folder) / name for name in sorted(found))


def _alone(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """A folder as `os.walk` gives it, without those below."""
    return islice(os.walk(folder), 1)


def not_finite(path: Path) -> str | None:
    """What is wrong with the numbers of a file of weights, if anything is."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            for name in file.keys():  # noqa: SIM118
                if not file.get_tensor(name).isfinite().all():
                    return f"{name} is not finite"
    except SafetensorError as error:
        return f"no safetensors file ({error})"
    return None


def look(root: Path, repair: bool = True) -> Doctor:
    """Look at the pipeline in `root`, while no run is going on, and say what is found.

    With `repair`, what can be put right is: processes, locks, temporary files; files with wrong bytes are
    moved to .dvc/tmp/doctor, and come back from the cache, or by the next run. Raises `InputError` where DVC
    is at work, or, without `repair`, would stop.
    """
    from dvc.repo import Repo

    found = 0
    each = (part.put_right(root, False) for part in (places, written, memory))
    stopped = not repair and any(chain.from_iterable(each))
    for line in put_in_order(root, repair):  # before DVC reads anything, which may stop at it
        print(line, flush=True)
        found += 1
    if stopped:
        raise InputError(f"{root}: no more can be seen before that is put right; run `tidemark doctor`")
    if (process := at_work(root)) is not None:
        raise InputError(f"{root}: DVC is at work here (process {process}); wait for its end, or stop it")
    ordered = [*put_right(root, repair, every=True)]
    with Repo(str(root)) as repo:
        ordered += ignored.put_right(repo, repair)
        doctor = Doctor(repo, repair)
        doctor.left += 0 if repair else found + len(ordered)
        for line in chain(ordered, doctor.look()):
            print(line, flush=True)
    return doctor


def doctor(repair: bool = True) -> int:
    """Find what is wrong in the pipeline here; with `repair`, put it right, and bring back files.

    Returns an exit status: 1 where something is wrong still. Raises `InputError` where there is no pipeline.
    """
    root = find_root()
    with alone(root):
        found = look(root, repair)
    if found.taken:
        print(f"{found.taken} files were moved to {ASIDE}; bringing them back", flush=True)
        found.left += repro() != 0
    elif not found.left:
        print("nothing is wrong")
    return min(found.left, 1)

"""Files as people have them, as one file that the pipeline reads."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from tidemark.core.errors import InputError
from tidemark.project import records
from tidemark.project.joining import join
from tidemark.project.regular import regular
from tidemark.project.tidy import Tidied, tidy
from tidemark.signals.recordings.timestamps import SECONDS

T = TypeVar("T")


@dataclass(frozen=True)
class Timing:
    """What the user said of the file's times."""

    column: str | None = None
    form: str | None = None
    """Of dates, as strptime has it."""
    rate: str | None = None
    """Samples a second, or `samples/unit`."""
    zone: str | None = None
    """Of dates without one, as the tz database calls it."""
    missing: Sequence[float] | None = None
    """Numbers that stand for missing values; None leaves it to the file."""

    def parsed(self) -> tuple[float, str] | None:
        """Samples per unit; raises `InputError` where the rate is none."""
        if self.rate is None:
            return None
        number, _, unit = self.rate.partition("/")
        unit = unit.strip() or "s"
        try:
            value = float(number)
        except ValueError:
            value = 0.0
        if not value > 0 or unit not in SECONDS:
            raise InputError(
                f"--rate {self.rate}: expected samples a second, such as 100, or of another unit, "
                "such as 4/hour "
                f"({', '.join(SECONDS)})"
            )
        return value, unit


@contextmanager
def readable(
    files: Sequence[Path], timing: Timing, series: Sequence[str] = ()
) -> Iterator[tuple[Path, Tidied | None]]:
    """One file with what is in all of `files`, and its text where it is none of these.

    Each is tidied; several are joined; times of no constant step are resampled. Of a long table `series` are
    taken. Raises `InputError`, which names the user's files.
    """
    with tempfile.TemporaryDirectory(prefix="tidemark-") as folder:
        notes: list[str] = []
        paths: list[Path] = []
        last: Tidied | None = None

        def written(name: str, path: Path, tidied: Tidied | None) -> Path:
            nonlocal last
            if tidied is None:
                return path
            last = tidied
            notes.extend(note for note in tidied.notes if note not in notes)
            result = Path(folder) / f"{name}.csv"
            result.write_text(tidied.text, encoding="utf-8")
            return result

        records.check_alone(files)
        for number, file in enumerate(files):
            tidied = records.as_table(file, series) or tidy(
                file, timing.column, timing.form, series, timing.zone
            )
            paths.append(written(f"tidied-{number}", file, tidied))
        names = dict(zip(paths, files, strict=True))
        path = paths[0]
        if len(paths) > 1:
            path = written("joined", path, in_words(names, lambda: join(paths, files, timing.column)))
        called = {path: files[0]}
        even = in_words(called, lambda: regular(path, timing.column, timing.parsed(), timing.missing))
        path = written("regular", path, even)
        yield path, replace(last, notes=notes) if last else None


@contextmanager
def tidied(file: Path, timing: Timing) -> Iterator[Path]:
    """A table of text with all its columns as the pipeline reads tables, times as they are."""
    with tempfile.TemporaryDirectory(prefix="tidemark-") as folder:
        found = tidy(file, timing.column, timing.form, (), timing.zone)
        path = file if found is None else Path(folder) / "tidied.csv"
        if found is not None:
            path.write_text(found.text, encoding="utf-8")
        yield path


def in_words(names: dict[Path, Path], look: Callable[[], T]) -> T:
    """What a look at files gives; its errors call each of them by the name of the user's own."""
    try:
        return look()
    except InputError as error:
        text = str(error)
        for path, file in names.items():
            text = text.replace(str(path), str(file))
        raise InputError(text) from None

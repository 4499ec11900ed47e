"""The scores just made against those that are committed."""

from __future__ import annotations

import io
import math
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tidemark.core import paths
from tidemark.core.errors import InputError
from tidemark.evaluation import comparison
from tidemark.evaluation.comparison import Comparison, Score
from tidemark.report.page.results import KEPT
from tidemark.report.stale import stale

MOST = 20
"""Lines of a kind, unless all are wanted."""
Name = tuple[str, str, str]
"""Predictor, test set and metric."""


@dataclass(frozen=True)
class Moved:
    """A score that is no longer the committed one."""

    name: Name
    before: Score
    now: float

    @property
    def widths(self) -> float:
        """How far outside the committed interval, in widths of it; 0 inside, infinite where it has none."""
        distance = max(self.before.low - self.now, self.now - self.before.high, 0.0)
        width = self.before.high - self.before.low
        return (distance / width if width else math.inf) if distance else 0.0

    def __str__(self) -> str:
        """The line that names it."""
        numbers = _different(self.before.value, self.before.low, self.before.high, self.now)
        value, low, high, now = numbers
        far = f"{self.widths:.2g} widths" if math.isfinite(self.widths) else "an interval without a width"
        return f"{', '.join(self.name)}: {value} [{low}, {high}], now {now}: {far} outside"


@dataclass(frozen=True)
class Verdict:
    """What became of every score."""

    same: int
    inside: int
    outside: list[Moved]
    """The farthest first."""
    missing: list[str]
    """Scores that one side lacks, a line each."""

    @property
    def summary(self) -> str:
        """The counts."""
        total = self.same + self.inside + len(self.outside)
        lacking = f", {len(self.missing):,} missing on one side" if self.missing else ""
        return (
            f"{total:,} scores: {self.same:,} the same, {self.inside:,} inside their intervals, "
            f"{len(self.outside):,} outside{lacking}"
        )


def verify(root: Path, revision: str = "HEAD", everything: bool = False) -> bool:
    """Print which scores in `root` left their committed intervals, and which kept ones are stale.

    Returns whether all scores are there and inside. Raises `InputError` where there is no such revision, or
    none with scores, or where scales differ.
    """
    with _committed(root, revision) as before:
        verdict = compare(_scores(before, revision), _scores(root))
    most = None if everything else MOST
    _print([f"warning: {line}" for line in stale(root)], most, "kept scores that are stale")
    _print(verdict.missing, most, "missing")
    _print([str(each) for each in verdict.outside], most, "outside")
    print(verdict.summary)
    return not verdict.outside and not verdict.missing


def compare(before: Mapping[Path, Comparison], now: Mapping[Path, Comparison]) -> Verdict:
    """Hold scores against committed ones, both by their file; raises `InputError` where scales differ."""
    same = inside = 0
    outside: list[Moved] = []
    missing: list[str] = []
    for path in sorted({*before, *now}):
        if path not in now or path not in before:
            missing.append(f"{path}: {'not committed' if path in now else 'missing now'}")
            continue
        old, new = before[path], now[path]
        if old.scale != new.scale:
            raise InputError(
                f"{path}: measured at scale {new.scale!r}, the committed scores at {old.scale!r}; run the "
                f"pipeline with scale: {old.scale} first"
            )
        scores, values = _by_name(old), _by_name(new)
        missing += _missing([*scores], values, f"{path}: ", "missing now")
        missing += _missing([*values], scores, f"{path}: ", "not committed")
        for name in scores.keys() & values.keys():
            moved = Moved(name, scores[name], values[name].value)
            same += moved.now == moved.before.value
            if moved.now != moved.before.value:
                inside += not moved.widths
                outside += [moved] if moved.widths else []
    outside.sort(key=lambda each: (-each.widths, each.name))
    return Verdict(same, inside, outside, missing)


def _by_name(found: Comparison) -> dict[Name, Score]:
    return {
        (each.name, test, metric): score
        for each in found.predictors
        for test, scores in each.scores.items()
        for metric, score in scores.items()
    }


def _missing(names: list[Name], there: Mapping[Name, Score], where: str, what: str) -> list[str]:
    """A line for each predictor that is not `there`, else for its test set or metric that is not."""
    known = {name[:length] for name in there for length in (1, 2, 3)}
    lacking = (next((name[:n] for n in (1, 2, 3) if name[:n] not in known), None) for name in names)
    return [f"{where}{', '.join(each)}: {what}" for each in dict.fromkeys(lacking) if each]


def _scores(root: Path, revision: str = "") -> dict[Path, Comparison]:
    """Every task's scores below `root`, by file; a revision is named in errors in the folder's stead."""
    files = [path for path in sorted((root / paths.METRICS).glob("*/*.json")) if path.parent.name not in KEPT]
    if not files:
        where = f"{revision}:{paths.METRICS}" if revision else str(root / paths.METRICS)
        raise InputError(f"{where}: no scores there; run `tidemark repro` and commit {paths.METRICS}")
    try:
        return {path.relative_to(root): comparison.read(path) for path in files}
    except InputError as error:
        raise InputError(str(error).replace(f"{root}/", f"{revision}:") if revision else str(error)) from None


@contextmanager
def _committed(root: Path, revision: str) -> Iterator[Path]:
    """A folder with `metrics` as it is at a revision."""
    _git(root, revision, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    archive = _git(root, revision, "archive", "--format=zip", revision, "--", str(paths.METRICS))
    with tempfile.TemporaryDirectory() as name:
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:  # never writes outside of the folder
            packed.extractall(name)
        yield Path(name)


def _git(root: Path, revision: str, *arguments: str) -> bytes:
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise InputError("git: no such command; install Git to compare with committed scores") from None
    except subprocess.CalledProcessError as error:
        said = " ".join(error.stderr.decode(errors="replace").split()).removeprefix("fatal: ")
        raise InputError(
            f"{root.absolute()}: no committed scores at {revision!r} ({said or 'no such commit'}); expected "
            "a clone with Git's history, and a commit, branch or tag of it"
        ) from None


def _different(*values: float) -> list[str]:
    """Numbers to five digits, or as many as tell the first from the last."""
    for digits in (5, 8, 12):
        shown = [f"{value:.{digits}g}" for value in values]
        if shown[0] != shown[-1]:
            return shown
    return [repr(value) for value in values]


def _print(lines: list[str], most: int | None, what: str) -> None:
    for line in lines[:most]:
        print(line)
    if left := len(lines[most:]) if most is not None else 0:
        print(f"… and {left:,} more {what}; `tidemark verify --all` names them")

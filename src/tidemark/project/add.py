"""A file becomes a dataset: looked at, kept, and written into params.yaml with models and baselines."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tidemark.core import params, paths
from tidemark.core.errors import InputError, printable
from tidemark.core.files import check_file, is_folder
from tidemark.core.task import Task
from tidemark.pipeline import check
from tidemark.pipeline.recordings import ENOUGH
from tidemark.project import edit, keeping, lists, setup, template
from tidemark.project.files import Changes, together
from tidemark.project.picture import draw
from tidemark.project.setup import Choices, Proposal
from tidemark.project.setups.common import HANDFUL
from tidemark.project.survey import Columns, Survey, columns, survey
from tidemark.project.tidy import Tidied, tidy
from tidemark.signals.recordings.columns import listed
from tidemark.signals.recordings.entry import RecordingEntry
from tidemark.signals.recordings.formats import suffix_of
from tidemark.signals.recordings.timestamps import SECONDS

Ask = Callable[[str, Sequence[str], str], str]
"""(question, possible answers, the usual one) → answer."""
RESERVED = ("recorded", "windows")
"""Folders of data/ that are no dataset."""


@dataclass(frozen=True)
class Timing:
    """What the user said of the file's times."""

    column: str | None = None
    form: str | None = None
    """Of dates, as strptime has it."""
    rate: str | None = None
    """Samples a second, or `samples/unit`."""

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


def add(
    file: Path,
    task: str | None = None,
    name: str | None = None,
    choices: Choices | None = None,
    timing: Timing | None = None,
    ask: Ask | None = None,
    say: Callable[[str], None] = print,
) -> str:
    """Make `file` a dataset of the pipeline in the working directory, and return its name.

    What is not said is found in the file; `ask` is for what cannot be. Raises `InputError` where the file, or
    what was said of it, cannot be used: nothing is written then.
    """
    choices, timing = choices or Choices(), timing or Timing()
    say = _in_lines(say)
    params.read(params.TOP)  # which says where this has to be run
    if not is_folder(file):
        check_file(file)
    if ask and task is None and not choices.given() & {"pair", "clean"} and not file.is_dir():
        usual = setup.chosen(None, choices, False)
        task = ask("task", [each for each in template.tasks() if setup.of(each).propose], usual)
    task = setup.chosen(task, choices, file.is_dir())
    name = _free(name or _name(file), name is not None)
    if file.is_dir():
        study = setup.of(task).study
        assert study is not None
        proposal = study(file, name)
        for line in [f"{file}: a study", *(f"  {each}" for each in proposal.said)]:
            say(line)
        _write(task, name, proposal, file, None, say)
        return name
    with _readable(file, timing) as (readable, tidied):
        known = _in_words(file, readable, lambda: columns(readable, timing.column))
        chosen = _choose(file, task, choices, known, ask)
        found = _in_words(file, readable, lambda: survey(readable, chosen, known.time, timing.parsed()))
        if tidied:
            found = replace(found, notes=[*tidied.notes, *found.notes])
        for line in found.lines(file.name):
            say(line)
        propose = setup.of(task).propose
        assert propose is not None
        proposal = propose(found, choices)
        say(f"{task}: {'; '.join(proposal.said)}")
        counted = _cut(task, name, proposal, found)
        say(f"  {counted['train']:,} windows for training, {counted['validation']:,} for validation, "
            f"{counted['test']:,} for testing")  # fmt: skip
        if counted["test"] < ENOUGH:
            say(
                f"  {counted['test']} test windows are few: scores will be uncertain, and their "
                "intervals wide"
            )
        _write(task, name, proposal, file, tidied, say)
        say(f"picture: {draw(found, name)}")
    return name


def _in_lines(say: Callable[[str], None]) -> Callable[[str], None]:
    """The same for text from files: names of columns are whatever they say."""
    return lambda line: say(printable(line))


def _name(file: Path) -> str:
    stem = file.name.removesuffix(suffix_of(file)) if file.is_file() else file.resolve().name
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-_").lower()


def _free(name: str, said: bool) -> str:
    if not params.NAME.fullmatch(name):
        hint = "" if said else "; choose one with --name"
        raise InputError(
            f"--name {name}: a name begins with a letter and is letters, digits, '-' and '_' only{hint}"
        )
    if name in RESERVED:
        raise InputError(f"--name {name}: a folder of data has that name; choose another with --name")
    for task in check.tasks():
        if name in check.datasets(task):
            raise InputError(
                f"{paths.params(task)}: there is a dataset {name} already; choose another --name, or "
                "take it out "
                f"with `tidemark remove {name}`"
            )
    return name


@contextmanager
def _readable(file: Path, timing: Timing) -> Iterator[tuple[Path, Tidied | None]]:
    """The file, or a tidied copy of it where the pipeline would not read it."""
    tidied = tidy(file, timing.column, timing.form)
    if tidied is None:
        yield file, None
        return
    with tempfile.TemporaryDirectory(prefix="tidemark-") as folder:
        path = Path(folder) / "tidied.csv"
        path.write_text(tidied.text, encoding="utf-8")
        yield path, tidied


def _in_words(file: Path, readable: Path, look: Callable[[], Any]) -> Any:
    """What a look at a file gives; its errors name the user's file."""
    try:
        return look()
    except InputError as error:
        raise InputError(str(error).replace(str(readable), str(file))) from None


def _choose(file: Path, task: str, choices: Choices, known: Columns, ask: Ask | None) -> Sequence[str]:
    """The columns to look at: those said, the only one, or the one answered."""
    which = setup.of(task).columns
    assert which is not None
    said = which(choices)
    for column in said:
        if column not in known.names:
            raise InputError(f"{file}: no column of numbers {column!r}; there are {listed(known.names)}")
    if said:
        return said
    if not known.is_table or len(known.names) == 1:
        return known.names
    if ask is None:
        raise InputError(
            f"{file}: {len(known.names)} columns of numbers ({listed(known.names)}); choose one with --column"
        )
    return [ask("column", known.names, known.names[-1])]


def _cut(task: str, name: str, proposal: Proposal, found: Survey) -> dict[str, int]:
    """Windows of each split, cut as the pipeline will; raises `InputError` where too few are for testing."""
    windowing = Task(task).windowing
    entry = params.validate(windowing.entry, {**proposal.entry, "file": "-"}, name)
    assert isinstance(entry, RecordingEntry)
    clean = len(entry.columns or found.columns)
    arrays = {"clean": found.values[:clean]}
    if entry.partner:
        arrays["noisy"] = found.values[clean:]
    try:
        info, _ = windowing.cut(name, arrays, entry, found.rate, name)
    except InputError as error:
        raise InputError(f"{error} (choose {proposal.fewer})") from None
    if info.splits["test"] < HANDFUL:
        raise InputError(
            f"{name}: {info.splits['test']} test windows, too few to say anything; choose {proposal.fewer}"
        )
    return dict(info.splits)


def _write(
    task: str, name: str, proposal: Proposal, file: Path, tidied: Tidied | None, say: Callable[[str], None]
) -> None:
    """Keep the file and write the entries; both or none."""
    with together() as changes:
        for part, text in template.pipeline(task).items():
            if not (path := Path("pipelines") / task / part).exists():
                changes.write(path, text)
        kept = keeping.keep(file, name, tidied.text if tidied else None, changes)
        entry = {**proposal.entry, ("folder" if file.is_dir() else "file"): kept.as_posix()}
        _enter(task, name, replace(proposal, entry=entry), changes)
        check.check()
    say(f"data: {kept}" + (" (a copy)" if keeping.is_copy(kept) else ""))
    say(
        f"written: {paths.params(task)}, {len(proposal.models)} models and {len(proposal.baselines)} "
        "baselines"
    )


def _enter(task: str, name: str, proposal: Proposal, changes: Changes) -> None:
    file = paths.params(task)
    text = file.read_text(encoding="utf-8")
    text = edit.insert(text, proposal.group, name, proposal.entry)
    known = params.section(task, template.RECIPES)
    recipes = {each: each for each in proposal.recipes}
    for each, recipe in proposal.recipes.items():
        if each in known and known[each] != recipe:
            recipes[each] = f"{each}-{name}"
        if recipes[each] not in known:
            text = edit.insert(text, template.RECIPES, recipes[each], recipe)
    for each in proposal.models:
        model = proposal.model(name, each)
        text = edit.insert(text, "models", f"{name}-{each}", model | {"recipe": recipes[model["recipe"]]})
    text = edit.insert(text, "baselines", name, proposal.baselines)
    for group in ("oracles", "limits"):
        text = edit.insert(text, group, name, [])
    changes.write(file, text)
    pipeline = file.with_name("dvc.yaml")
    changes.write(pipeline, lists.insert(pipeline.read_text(encoding="utf-8"), task, name))

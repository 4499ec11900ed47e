"""A file becomes a dataset: looked at, kept, and written into params.yaml with models and baselines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tidemark.core import params, paths
from tidemark.core.errors import InputError, printable
from tidemark.core.files import check_file, is_folder
from tidemark.core.task import Task
from tidemark.pipeline import check
from tidemark.pipeline.changes import Changes, together
from tidemark.pipeline.recordings import ENOUGH
from tidemark.project import edit, keeping, lists, renew, setup, template
from tidemark.project.picture import draw
from tidemark.project.readable import Timing, in_words, readable
from tidemark.project.setup import Choices, Proposal
from tidemark.project.setups.common import HANDFUL
from tidemark.project.survey import Columns, Survey, columns, survey, without_sentinels
from tidemark.project.tidy import Tidied
from tidemark.signals.recordings.columns import listed
from tidemark.signals.recordings.entry import RecordingEntry
from tidemark.signals.recordings.formats import suffix_of
from tidemark.signals.recordings.timestamps import SECONDS

Ask = Callable[[str, Sequence[str], str], str]
"""(question, possible answers, the usual one) → answer."""
RESERVED = ("recorded", "windows")
"""Folders of data/ that are no dataset."""


def add(
    file: Path | Sequence[Path],
    task: str | None = None,
    name: str | None = None,
    choices: Choices | None = None,
    timing: Timing | None = None,
    ask: Ask | None = None,
    say: Callable[[str], None] = print,
) -> str:
    """Make `file` a dataset of the pipeline in the working directory, and return its name.

    Several files are one recording, in order of time. What is not said is found in the file; `ask` is for
    what cannot be. Raises `InputError` where the file, or what was said of it, cannot be used: nothing is
    written then.
    """
    choices, timing = choices or Choices(), timing or Timing()
    say = _in_lines(say)
    params.read(params.TOP)  # which says where this has to be run
    for line in renew.said():
        say(line)
    files = [file] if isinstance(file, Path) else [*file]
    file = files[0]
    for place, each in enumerate(files):
        if each.resolve() in [other.resolve() for other in files[:place]]:
            raise InputError(f"{each}: named twice; name each file of a recording once")
        if not is_folder(each):
            check_file(each)
        elif len(files) > 1 or choices.label is not None:
            raise InputError(f"{each}: a folder; several files are one recording, a folder is added alone")
    if ask and task is None and not choices.given() & {"pair", "clean"} and not file.is_dir():
        usual = setup.chosen(None, choices, False)
        task = ask("task", [each for each in template.tasks() if setup.of(each).propose], usual)
    task = setup.chosen(task, choices, file.is_dir())
    of = file.resolve().parent if choices.label is not None else file  # no participant's name for a study
    name = _free(name or _name(of), name is not None)
    if file.is_dir():
        study = setup.of(task).study
        assert study is not None
        proposal = study(file, name)
        for line in [f"{file}: a study", *(f"  {each}" for each in proposal.said)]:
            say(line)
        _write(task, name, proposal, files, None, say)
        return name
    if choices.label is not None:
        people = setup.of(task).people
        assert people is not None
        made = people(files, choices, timing)
        for line in [f"{len(files)} files: a study", *(f"  {each}" for each in made.proposal.said)]:
            say(line)
        _write(task, name, made.proposal, files, made.texts, say)
        return name
    which = setup.of(task).columns
    assert which is not None
    with readable(files, timing, which(choices)) as (path, tidied):
        known = in_words({path: file}, lambda: columns(path, timing.column))
        chosen = known.names if choices.all_series else _choose(file, which(choices), known, ask, task)
        rate = _rate(file, timing, tidied)
        found = in_words({path: file}, lambda: survey(path, chosen, known.time, rate))
        found = in_words({path: file}, lambda: without_sentinels(found, timing.missing))
        found = replace(found, units=tidied.units if tidied else known.units)
        if tidied:
            gone = [number for number in tidied.missing if number not in found.missing]
            found = replace(found, notes=[*tidied.notes, *found.notes], missing=[*found.missing, *gone])
        for line in found.lines(" and ".join(each.name for each in files)):
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
        _write(task, name, proposal, files, tidied, say)
        say(f"picture: {draw(found, name)}")
    return name


def _rate(file: Path, timing: Timing, tidied: Tidied | None) -> tuple[float, str] | None:
    """Samples per unit as the user, or the header of a file that was written anew, says them."""
    said = timing.parsed()
    if tidied is None or tidied.rate is None:
        return said
    if said is not None and abs(said[0] / SECONDS[said[1]] / tidied.rate - 1) > 1e-9:
        raise InputError(f"{file}: --rate {timing.rate}, but its header has {tidied.rate:g}; leave it out")
    return tidied.rate, "s"


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


def _choose(file: Path, said: Sequence[str], known: Columns, ask: Ask | None, task: str) -> Sequence[str]:
    """The columns to look at: those `said`, the only one, or the one answered."""
    for column in said:
        if column not in known.names:
            raise InputError(f"{file}: no column of numbers {column!r}; there are {listed(known.names)}")
    if said:
        return said
    if not known.is_table or len(known.names) == 1:
        return known.names
    if ask is None:
        every = ", or all with --all-series" if "all_series" in setup.of(task).options else ""
        raise InputError(
            f"{file}: {len(known.names)} columns of numbers ({listed(known.names)}); choose one with "
            f"--column{every}"
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
    task: str,
    name: str,
    proposal: Proposal,
    files: Sequence[Path],
    tidied: Tidied | Mapping[str, str] | None,
    say: Callable[[str], None],
) -> None:
    """Keep what is in the files, or a folder made of them, and write the entries; both or none."""
    with together() as changes:
        _free(name, said=True)  # another process may just have added one
        for part, text in template.pipeline(task).items():
            if not (path := Path("pipelines") / task / part).exists():
                changes.write(path, text)
        if isinstance(tidied, Mapping):
            kept = keeping.keep_folder(files, name, tidied, changes)
        else:
            kept = keeping.keep(files, name, tidied.text if tidied else None, changes)
        entry = {**proposal.entry, ("folder" if kept.is_dir() else "file"): kept.as_posix()}
        _enter(task, name, replace(proposal, entry=entry), changes)
        check.check()
    say(f"data: {kept}" + (" (a copy)" if keeping.is_copy(kept) else ""))
    say(
        f"written: {paths.params(task)}, {len(proposal.models)} model{'s' * (len(proposal.models) > 1)} "
        f"and {len(proposal.baselines)} baselines"
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

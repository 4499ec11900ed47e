"""No file makes a reader trace back, hang, take a gigabyte, or say what an independent reader does not.

A few mutants of each format, the same ones every time; `TIDEMARK_FUZZ=10000` runs so many, and `TIDEMARK_FUZZ_FIRST`
chooses others. Files that once broke a reader are in corpus/.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fuzz.run import CORPUS, broken
from fuzz.seeds import SEEDS
from fuzz.watch import Watch

MUTANTS = int(os.environ.get("TIDEMARK_FUZZ", "15"))
FIRST = int(os.environ.get("TIDEMARK_FUZZ_FIRST", "0"))


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    watch.close()


@pytest.mark.parametrize("form", SEEDS)
def test_mutants_break_no_reader(watch: Watch, form: str) -> None:
    long = "TIDEMARK_FUZZ" in os.environ
    kept = CORPUS / form if long else None
    assert broken(watch, form, range(FIRST, FIRST + MUTANTS), kept) == {}


@pytest.mark.parametrize("form", sorted(path.name for path in CORPUS.iterdir() if path.is_dir()))
def test_what_once_broke_a_reader_does_so_no_more(watch: Watch, form: str) -> None:
    problems = {path.name: watch.problem(form, path) for path in sorted((CORPUS / form).iterdir())}
    assert {name: problem for name, problem in problems.items() if problem} == {}


def test_the_watch_sees_what_goes_wrong(tmp_path: Path) -> None:
    watch = Watch(seconds=0.001)
    try:
        (tmp_path / "x.csv").write_text("value\n" + "1.5\n" * 2_000_000)
        assert watch.problem("csv", tmp_path / "x.csv").startswith("hang")
    finally:
        watch.close()

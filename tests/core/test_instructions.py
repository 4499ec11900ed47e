"""What numerical libraries are held to, by the scale."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.changed_params import REPOSITORY
from tidemark.core.instructions import PINS, THREADS, environment


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*THREADS, *PINS):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "params.yaml"


@pytest.mark.parametrize("scale", ["smoke", "laptop", "laptop  # two cores"])
def test_at_small_scales_all_machines_compute_alike(params: Path, scale: str) -> None:
    params.write_text(f"# scale: paper\nscale: {scale}\ntraining: {{threads: 1}}\n")
    assert environment(params) == PINS | dict.fromkeys(THREADS, "1")


def test_at_scale_paper_they_use_what_there_is(params: Path) -> None:
    params.write_text("training: {threads: 1}\nscale: paper\n")
    assert environment(params) == dict.fromkeys(THREADS, "1")


def test_threads_that_the_user_chose_stay(params: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MKL_NUM_THREADS", "6")
    for scale in ("laptop", "paper"):
        params.write_text(f"scale: {scale}\n")
        found = environment(params)
        assert {name: found[name] for name in THREADS} == dict.fromkeys(THREADS, "1") | {
            "MKL_NUM_THREADS": "6"
        }


def test_a_scale_that_cannot_be_read_is_found_by_others(params: Path) -> None:
    assert environment(params) == PINS | dict.fromkeys(THREADS, "1")
    params.write_bytes(b"\xff\xfe")
    assert environment(params) == PINS | dict.fromkeys(THREADS, "1")


def test_the_committed_file_has_its_scale_where_it_is_looked_for(params: Path) -> None:
    text = (REPOSITORY / "params.yaml").read_text()
    params.write_text(text.replace("\nscale: laptop", "\nscale: paper"))
    assert environment(REPOSITORY / "params.yaml") != environment(params)

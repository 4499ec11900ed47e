"""Files that are none, and messages that stay one line whatever they quote."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tidemark.core.errors import InputError, printable
from tidemark.core.files import check_file
from tidemark.core.limits import check_limit


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none", "no such file"),
        ("n" * 300, "no such file"),
        ("file/below", "no such file"),
        ("folder", "is a folder"),
        ("fifo", "is a FIFO"),
        ("/dev/zero", "is a device"),
        ("zero\0byte", "no such file"),
    ],
)
def test_what_is_no_file_is_never_opened(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    check_file(tmp_path / "file")
    with pytest.raises(InputError, match=said):
        check_file(tmp_path / name)


def test_a_file_that_may_not_be_read_is_said_to_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(os, "access", lambda path, kind: kind != os.R_OK)  # root may read everything
    with pytest.raises(InputError, match="file: may not be read; change its permissions$"):
        check_file(tmp_path / "file")


def test_a_message_is_one_line_without_control_characters() -> None:
    message = str(InputError("x.csv: column '\x1b[2Ja\nb\r\u2028\u202ec\udcff é'"))
    assert message == r"x.csv: column '\x1b[2Ja\nb\r\u2028\u202ec\udcff é'"
    assert str(InputError(message)) == message  # told once more, it stays as it is
    assert len(printable("a" * 10_000)) < 2000


def test_a_limit_names_what_raises_it(monkeypatch: pytest.MonkeyPatch) -> None:
    check_limit("columns", 100_000, "x.csv")
    with pytest.raises(
        InputError, match=r"x\.csv: 100,001 columns, .* of 100,000; .*TIDEMARK_MAX_COLUMNS=100001$"
    ):
        check_limit("columns", 100_001, "x.csv")
    monkeypatch.setenv("TIDEMARK_MAX_COLUMNS", "100001")
    check_limit("columns", 100_001, "x.csv")
    monkeypatch.setenv("TIDEMARK_MAX_COLUMNS", "many")
    with pytest.raises(InputError, match="TIDEMARK_MAX_COLUMNS = 'many': expected a number"):
        check_limit("columns", 1, "x.csv")

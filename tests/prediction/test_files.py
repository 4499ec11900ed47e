"""Which model a name stands for, and which task takes which option of the command."""

import os
import socket
from pathlib import Path

import pytest

from tidemark.core.errors import InputError
from tidemark.core.task import Task, names
from tidemark.prediction import endpoints
from tidemark.prediction.files import OPTIONS, find_model
from tidemark.signals.recordings.formats import open_source


def test_every_option_is_one_that_a_task_takes() -> None:
    taken = {option for name in names() for option in Task(name).prediction.options}
    assert taken == set(OPTIONS)


def test_without_any_model_it_is_said_how_to_train_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"^tiny: no trained model of that name; run `dvc repro`"):
        find_model("tiny")


@pytest.mark.parametrize("name", ["n" * 300, "zero\0byte", "\x1b[2J", "a\nb"])
def test_a_name_that_no_folder_can_have_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"no trained model of that name") as error:
        find_model(name)
    assert str(error.value).isprintable()


def test_a_socket_is_no_fifo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # an address is short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("x.csv")
        with (
            endpoints.reading("x.csv") as path,
            pytest.raises(InputError, match="is a socket; write what"),
            open_source(path),
        ):
            pass


def test_a_fifo_without_writer_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "PATIENCE", 0.2)
    fifo = tmp_path / "x.csv"
    os.mkfifo(fifo)
    with (
        pytest.raises(InputError, match=r"nobody has opened this FIFO to write"),
        endpoints.reading(str(fifo)),
    ):
        pass
    os.close(os.open(fifo, os.O_WRONLY))  # the thread that waits for a writer ends
    monkeypatch.undo()
    with pytest.raises(InputError, match="is a FIFO"), open_source(fifo):
        pass
    with pytest.raises(InputError, match="is a device"), endpoints.reading("/dev/zero"):
        pass


def test_a_name_is_looked_for_in_every_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("models/sine/tiny", "models/co2/small"):
        Path(folder).mkdir(parents=True)
        Path(folder, "model.json").write_text("{}")
    assert find_model("tiny") == Path("models/sine/tiny")
    assert find_model("models/co2/small") == Path("models/co2/small")
    with pytest.raises(InputError, match=r"^x: no trained model of that name; .* one of small, tiny$"):
        find_model("x")

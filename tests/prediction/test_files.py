"""Which model a name stands for, and which task takes which option of the command."""

from pathlib import Path

import pytest

from tidemark.core.errors import InputError
from tidemark.core.task import Task, names
from tidemark.prediction.files import OPTIONS, find_model


def test_every_option_is_one_that_a_task_takes() -> None:
    taken = {option for name in names() for option in Task(name).prediction.options}
    assert taken == set(OPTIONS)


def test_without_any_model_it_is_said_how_to_train_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"^tiny: no trained model of that name; run `dvc repro`"):
        find_model("tiny")


def test_a_name_is_looked_for_in_every_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("models/sine/tiny", "models/co2/small"):
        Path(folder).mkdir(parents=True)
        Path(folder, "model.json").write_text("{}")
    assert find_model("tiny") == Path("models/sine/tiny")
    assert find_model("models/co2/small") == Path("models/co2/small")
    with pytest.raises(InputError, match=r"^x: no trained model of that name; .* one of small, tiny$"):
        find_model("x")

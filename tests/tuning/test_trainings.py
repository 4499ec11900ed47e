"""A sweep of trainings finds the setting with the least validation loss, by trainings that the test makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.small_runs import write_lincomb
from tidemark.core.errors import InputError
from tidemark.denoise.laws import lincomb
from tidemark.training import entry as entries
from tidemark.training.entry import TrainingDefaults
from tidemark.training.run import train_model
from tidemark.tuning import trainings
from tidemark.tuning.command import sweep
from tidemark.tuning.sweep import Trial

LAW = lincomb.Law(samples_per_cycle=16, cycles=2, functions=[{"frequency": 1}, {"frequency": 3}])
PARAMS = """
recipes:
  r: {training: {loss: mse, batch: 4, steps: 12, validate_every: 3, learning_rate: 0.0001}}
models:
  small-rnn:
    {dataset: small, arch: recurrent, source: training/stored, recipe: r, hyperparameters: {hidden: 3}}
"""
RATES = (0.03, 0.003)


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "pipelines/denoise"
    folder.mkdir(parents=True)
    (tmp_path / "params.yaml").write_text(
        "scale: laptop\nseeds: 1\ntraining: {threads: 1, checkpoint_seconds: 60, snapshots: 2}\n"
    )
    (folder / "params.yaml").write_text(PARAMS)
    (folder / "sweeps.yaml").write_text(f"models:\n  small-rnn: {{learning_rate: {list(RATES)}}}\n")
    write_lincomb(tmp_path / "data/small", LAW, 12)
    return tmp_path


def losses(rate: float, folder: Path, **hyperparameters: object) -> list[float]:
    chosen = entries.of("denoise", "small-rnn")
    chosen = chosen.model_copy(
        update={
            "training": chosen.training.model_copy(update={"learning_rate": rate}),
            "hyperparameters": {**chosen.hyperparameters, **hyperparameters},
        }
    )
    defaults = TrainingDefaults(threads=1, checkpoint_seconds=60, snapshots=2)
    run = train_model("m", chosen, defaults, "here", Path("data/small"), folder)
    return [loss for _, _, loss in run.history.curve]


def test_the_least_validation_loss_comes_first(pipeline: Path) -> None:
    expected = {rate: min(losses(rate, pipeline / f"resume-{rate}")) for rate in (*RATES, 0.0001)}
    trials = trainings.sweep("denoise", "small-rnn", [], list)  # what params.yaml says is tried as well
    assert [trial.options["learning_rate"] for trial in trials] == sorted(expected, key=expected.__getitem__)
    assert [trial.score for trial in trials] == sorted(expected.values())
    assert all(trial.seconds and trial.seconds > 0 for trial in trials)
    assert not (pipeline / "models").exists()


def test_a_setting_may_be_the_architectures(pipeline: Path) -> None:
    Path("pipelines/denoise/sweeps.yaml").write_text("models:\n  small-rnn: {hyperparameters.hidden: [2]}\n")
    two, three = min(losses(1e-4, pipeline / "two", hidden=2)), min(losses(1e-4, pipeline / "three"))
    assert {trial.options["hyperparameters.hidden"]: trial.score for trial in trainings.sweep(
        "denoise", "small-rnn", [], list
    )} == {2: two, 3: three}  # fmt: skip


def test_the_best_are_kept_beside_the_datasets_baselines(
    pipeline: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidemark.report.provenance.of", lambda *arguments: {"command": arguments[-1]})
    monkeypatch.setattr("tidemark.report.provenance.changed", lambda *arguments: [])
    kept = Path("metrics/sweeps/small.json")
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"baselines": {"wiener": {"tried": 3}}}))
    sweep("denoise", None, None, models=True)
    content = json.loads(kept.read_text())
    assert content["baselines"] == {"wiener": {"tried": 3}}
    model = content["models"]["small-rnn"]
    assert model["tried"] == 3
    assert {each["options"]["learning_rate"] for each in model["best"]} == {*RATES, 0.0001}
    assert model["provenance"]["command"] == "tidemark sweep denoise small small-rnn --models"
    assert "CPU seconds" in capsys.readouterr().out
    # Again, with another rate: only that one is trained.
    Path("pipelines/denoise/sweeps.yaml").write_text("models:\n  small-rnn: {learning_rate: [0.01, 0.03]}\n")
    trained: list[float] = []
    monkeypatch.setattr(
        trainings, "_trial", lambda name, entry, options, where: trained.append(options["learning_rate"])
        or Trial(options, 1e9, 1.0)
    )  # fmt: skip
    sweep("denoise", "small", None, models=True)
    assert trained == [0.01]


def test_a_setting_that_there_is_not_is_named(pipeline: Path) -> None:
    Path("pipelines/denoise/sweeps.yaml").write_text("models:\n  small-rnn: {rate: [1]}\n")
    with pytest.raises(InputError, match=r"models.small-rnn.*rate: unknown key"):
        trainings.sweep("denoise", "small-rnn", [], list)

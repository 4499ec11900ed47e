"""What `tidemark check` finds in the params.yaml files, each in one line with file, key, value and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from support.changed_params import REPOSITORY, default_tree, put, write_params
from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.pipeline.check import check, tasks

PARTS = ("infer", "forecast", "denoise", "classify")


def project(folder: Path, task: str, key: str, value: object) -> None:
    """A copy of all params.yaml files, one value of a task's changed."""
    trees: dict[str, Any] = {"": default_tree(), **{name: default_tree(name) for name in PARTS}}
    put(trees[task], key, value)
    write_params(folder, trees)


def test_the_committed_files_pass_at_every_scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [REPOSITORY / "pipelines" / task / "params.yaml" for task in PARTS]
    trees = [YAML(typ="safe").load(file) for file in files]
    models = sum(len(tree[group]) for tree in trees for group in ("models", "finetuned") if group in tree)
    for scale in ("smoke", "laptop", "paper"):
        folder = tmp_path / scale
        folder.mkdir()
        project(folder, "", "scale", scale)
        monkeypatch.chdir(folder)
        assert sorted(PARTS) == tasks()
        assert check() == models
        assert params.scale() == scale


FREE = {"dataset": "sine", "arch": "recurrent", "source": "denoise/laws/sine", "recipe": "recurrent"}
BLOCKS = {"smoke": {"steps": 2}, "laptop": {"steps": 2}, "paper": {"steps": 2}, "hyperparameters": {}}
RICH = "models.harmonics-rich-encoder-gru"


@pytest.mark.parametrize(
    ("task", "key", "value", "message"),
    [
        ("", "scale", "tiny", "params.yaml: scale = 'tiny': expected one of smoke, laptop, paper"),
        ("", "evaluation.confidence", 2, "params.yaml: evaluation.confidence = 2: "),
        ("", "evaluation.examples", {"all": 3, "siné": [5]}, "params.yaml: evaluation.examples: siné: unknown key; expected one of all, co2, "),
        ("denoise", "model", {}, "pipelines/denoise/params.yaml: model: unknown key; expected one of baselines, "),
        ("forecast", "models.harmonics-lstm.dataset", "sine", "models.harmonics-lstm.dataset = 'sine': unknown; expected one of co2-weekly, "),
        ("denoise", "baselines.harmonics", [], "pipelines/denoise/params.yaml: baselines: harmonics: unknown key; expected one of co2, "),
        ("denoise", "baselines.sine", ["guess"], "baselines.sine.guess.method: no file of src/tidemark/denoise/baselines is named 'guess'; expected one of "),
        ("denoise", "datasets.sine.law.length", 1, "pipelines/denoise/params.yaml: datasets.sine.law.length = 1"),
        ("denoise", "datasets.sine.train", 8, "datasets.sine.train: beside the blocks; there expected one of generator, law, seed, tests"),
        ("forecast", "datasets.harmonics.tests.components-3", {"compnents": 3}, "datasets.harmonics.tests.components-3.compnents: unknown key"),
        ("denoise", "models.sine-rnn.hyperparameters", {"cell": "lstm"}, "models.sine-rnn.hyperparameters.cell = 'lstm'"),
        ("denoise", "models.sine-rnn.batch", 8, "models.sine-rnn.batch: beside the blocks"),
        ("denoise", "models.sine-rnn.source", "training/stroed", "models.sine-rnn.source: no file of src/tidemark/training is named 'stroed'; expected one of "),
        ("denoise", "models.sine-rnn.source", "denoise/laws/lincomb", "models.sine-rnn.source = 'denoise/laws/lincomb': sine is not made by that law"),
        ("denoise", "recipes.recurrent.training.loss", "mae", "training.loss = 'mae': not a loss of this task; expected l1 or mse"),
        ("forecast", f"{RICH}.laptop", {"curriculum": [{"steps": 1, "law": {"period": 0}}]}, "training.curriculum.0.law.period"),
        ("forecast", "baselines.harmonics.dft-hamming.options", {"window": "hann"}, "baselines.harmonics.dft-hamming.options.window = 'hann'"),
        ("forecast", "finetuned.sunspots-encoder-gru.init_from", "harmonics/nobody", "init_from = 'harmonics/nobody': no such model; expected <dataset>/<model>: "),
        ("forecast", "finetuned.sunspots-encoder-gru.init_from", "sunspots/sunspots-encoder-gru", "init_from = 'sunspots/sunspots-encoder-gru': no such model"),
        ("forecast", "finetuned.sunspots-encoder-gru.init_from", "harmonics/harmonics-lstm", "arch = 'sequence_to_sequence': harmonics/harmonics-lstm has 'long_short_term_memory'"),
        ("forecast", "finetuned.harmonics-rich-encoder-gru-resumed.laptop.checkpoint", "step-7", "has one every 1000 steps up to 3000"),
        ("forecast", "recordings.sunspots.season", 0, "pipelines/forecast/params.yaml: recordings.sunspots.season = 0"),
        ("infer", "projections.pairs-const-attention-half-half-second.laptop.perplexity", 0, "projections.pairs-const-attention-half-half-second.perplexity = 0"),
        ("classify", "studies.wrist.common.window", -1, "pipelines/classify/params.yaml: studies.wrist.window = -1"),
        ("infer", "datasets.sine", {"generator": "gaussian_process", "seed": 1, "law": {}, "tests": {}, "laptop": {"train": 1, "validation": 1, "test": 1}}, "datasets.sine: also a dataset of "),
        ("denoise", "oracles", {}, "not among oracles; add `sine: []` there if it has none"),
        ("denoise", "limits", {}, "not among limits; add `sine: []` there if it has none"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str, key: str, value: object, message: str
) -> None:
    project(tmp_path, task, key, value)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        check()
    assert message in str(error.value)
    assert "params.yaml: " in str(error.value)
    assert "\n" not in str(error.value)


def test_a_dataset_without_a_model_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, "denoise", "models", {"sine-free-new": {**FREE, "dataset": "sine-free", **BLOCKS}})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"datasets\.sine: no model is trained on it; add one"):
        check()

"""params.yaml: what is read, and the one line that a wrong value gets."""

from pathlib import Path

import pytest

from support.changed_params import REPOSITORY, default_tree, write_params
from tidemark.core import params
from tidemark.core.errors import InputError


def load_changed(folder: Path, key: str, value: object) -> params.Params:
    """Load the default parameters with one dotted key changed; the value `...` removes it."""
    tree = default_tree()
    place = tree
    *path, last = key.split(".")
    for part in path:
        place = place.setdefault(part, {})
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return params.load(write_params(folder, tree))


def test_the_committed_file_is_valid_at_every_scale(tmp_path: Path) -> None:
    sizes = [load_changed(tmp_path, "scale", scale).datasets["sine"].splits.train for scale in params.SCALES]
    assert sizes == [256, 8000, 8000]


PROJECTION = {
    "model": "sine-rnn", "task": "infer", "dataset": "sine", "arch": "recurrent", "layer": "hidden",
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("scale", "big", "scale = 'big': expected one of smoke, laptop, paper"),
        ("models.sine-rnn.arch", "transformator", "models.sine-rnn.arch: no models/denoise file is named 'transformator'"),
        ("models.sine-rnn.dataset", "sinus", "models.sine-rnn.dataset = 'sinus': unknown; expected one of co2, "),
        ("models.sine-rnn.task", "denoising", "models.sine-rnn.task: no tasks file is named 'denoising'"),
        ("models.sine-rnn.hiden", 3, "models.sine-rnn.hiden: unknown key; expected one of arch, dataset"),
        ("models.sine-rnn.training.steps", -1, "models.sine-rnn.training.steps = -1: input should be greater"),
        ("models.sine-rnn.training.steps", "many", "models.sine-rnn.training.steps = 'many': input should be a valid"),
        ("models.sine-rnn.training.batch", 0, "models.sine-rnn.training.batch = 0"),
        ("models.sine-rnn.training.batch", ..., "models.sine-rnn.training.batch: missing key"),
        ("models.sine-rnn.training.learning_rate", float("nan"), "models.sine-rnn.training.learning_rate = nan"),
        ("models.sine-rnn.training.steps", {"smoke": 3}, "models.sine-rnn.training.steps: no value for scale 'laptop'"),
        ("models.a.b", {}, "models.a"),
        ("models.sine", {}, "models.sine.task: missing key"),
        ("projections.p", {**PROJECTION, "task": "denoise"}, "projections.p.task = 'denoise': input should be 'infer'"),
        ("projections.p", {**PROJECTION, "model": "none"}, "projections.p.model: models.none: unknown; expected one"),
        ("projections.p", PROJECTION, "projections.p.task = 'infer': model sine-rnn has 'denoise'; repeat it"),
        ("projections.p", {**PROJECTION, "points": 20}, "projections.p: perplexity 30 is not smaller than points 20"),
        ("projections.p", {**PROJECTION, "layer": []}, "projections.p.layer"),
        ("projections.a b", PROJECTION, "projections.a b: a name is letters"),
        ("training.tensorboard", "perhaps", "training.tensorboard = 'perhaps': input should be a valid bool"),
        ("datasets.sine.generator", "cosine", "datasets.sine.generator: no signals file is named 'cosine'"),
        ("datasets.sine.splits.train", 0, "datasets.sine.splits.train = 0"),
        ("datasets.sine.splits.tests", 5, "datasets.sine.splits.tests: unknown key; expected one of test, train"),
        ("datasets.co2", ..., "datasets.co2"),
        ("datasets.sine-missing.missing_targets", 0.7, "datasets.sine-missing"),
        ("recordings.co2.window", -4, "recordings.co2.window = -4"),
        ("recordings.co2.hop", 1000, "recordings.co2: hop 1000 is larger than window"),
        ("recordings.co2.blocks", [0.9, 0.2, 0.1], "recordings.co2: blocks are three positive shares"),
        ("training.threads", 0, "training.threads = 0"),
        ("datasets.sine.tests", {"train": {}}, "datasets.sine: tests.train: this split is there already"),
        ("datasets.sine.tests", {"a/b": {}}, "datasets.sine.tests.a/b: a name is letters, digits"),
        ("models.sine-rnn.training.start", 10, "models.sine-rnn.training: law, curriculum and start are of fresh signals"),
        ("models.sine-rnn.training.momentum", 1, "models.sine-rnn.training.momentum = 1: input should be less"),
        ("published.sine-net", {"metric": "l1", "scores": {}}, "published.sine-net: unknown; expected one of"),
        ("colour", "red", "colour: unknown key; expected one of baselines, datasets"),
        ("models.sine-rnn.training.loss", "step_weighted_mse", "models.sine-rnn.training.loss = 'step_weighted_mse': is none of task denoise; expected l1 or mse"),
        ("models.harmonics-lstm.dataset", "co2", "models.harmonics-lstm.dataset = 'co2': a recording to denoise, not"),
        ("models.harmonics-lstm.arch", "recurrent", "models.harmonics-lstm.arch: no models/forecast file is named 'recurrent'"),
        ("recordings.co2.lookback", 10, "recordings.co2: a recording to denoise has window; mend lookback"),
        ("recordings.co2-weekly.horizon", ..., "recordings.co2-weekly: a recording to forecast has lookback and horizon"),
        ("recordings.co2-weekly.task", "sort", "recordings.co2-weekly: task 'sort' has no recordings"),
        ("recordings.co2-weekly.task", "infer", "recordings.co2-weekly: a recording to infer has window and given; mend window"),
        ("recordings.shares.columns", ["volume"], "recordings.shares: a recording to infer has two columns; mend columns"),
        ("recordings.shares.given", 32, "recordings.shares: given 32 is not smaller than window 32"),
        ("models.pairs-const-neural-process.training.loss", "mse", "models.pairs-const-neural-process.training.loss = 'mse': is none of task infer; expected gaussian_nll or damped_gaussian_nll"),
        ("finetuned.co2-weekly-encoder-gru.init_from", "nobody", "init_from: models.nobody: unknown; expected one of"),
        ("finetuned.co2-weekly-encoder-gru.init_from", "harmonics-lstm", "they must be the same"),
        ("finetuned.co2-weekly-encoder-gru.init_from", "co2-weekly-encoder-gru", "goes round in a circle"),
        ("finetuned.co2-weekly-encoder-gru.checkpoint", "step-7", "keeps one every 1000 steps up to 3000"),
        ("models.harmonics-rich-encoder-gru.training.source", "files", "law, curriculum and start are of fresh signals"),
        ("models.harmonics-rich-encoder-gru.training.curriculum", [{"steps": 9000}], "have more steps than the 3000"),
        ("baselines.sine-raw.method", "magic", "baselines.sine-raw.method: no baselines/denoise file is named 'magic'"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_in_one_line(tmp_path: Path, key: str, value: object, message: str) -> None:
    if key == "datasets.co2":
        value = default_tree()["datasets"]["sine"]
        message = "recordings.co2: also a name in datasets"
    with pytest.raises(InputError) as error:
        load_changed(tmp_path, key, value)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_yaml_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    for content, message in [("scale: [laptop", "not valid YAML"), ("- a\n- b", "expected a mapping")]:
        path.write_text(content)
        with pytest.raises(InputError, match=message) as error:
            params.load(path)
        assert "\n" not in str(error.value)
    with pytest.raises(InputError, match="no such file"):
        params.load(tmp_path / "none.yaml")


def test_a_learning_rate_written_with_an_exponent_is_a_number(tmp_path: Path) -> None:
    text = (REPOSITORY / "params.yaml").read_text().replace("learning_rate: 0.02", "learning_rate: 2e-2", 1)
    (tmp_path / "params.yaml").write_text(text)
    loaded = params.load(tmp_path / "params.yaml")
    assert loaded.models["sine-rnn"].training.learning_rate == pytest.approx(0.02)

"""A model's entry: its recipe, what each scale adds, what it says itself; and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.changed_params import default_tree, put, write_params
from tidemark.core import params, task
from tidemark.core.errors import InputError
from tidemark.core.frozen import SCALES
from tidemark.training import entry as entries
from tidemark.training.entry import FinetunedEntry, ModelEntry

FILE = "pipelines/forecast/params.yaml"
TREE = """
recipes:
  usual:
    training: {loss: mse, batch: 8, learning_rate: 1e-3}
    smoke: {steps: 2, hyperparameters: {width: 4}}
    laptop: {steps: 30, hyperparameters: {width: 16}}
    paper: {steps: 400, clip: null, hyperparameters: {width: 64}}
models:
  net: {dataset: d, arch: lstm, source: training/stored, recipe: usual, hyperparameters: {layers: 2}, CHANGES}
finetuned:
  again: {dataset: d, arch: lstm, source: training/stored, recipe: usual, init_from: d/net}
"""


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModelEntry]:
    """Reads a model of the file above at a scale, some of its text changed."""
    monkeypatch.chdir(tmp_path)

    def read_at(scale: str = "laptop", changes: str = "", name: str = "net", **replaced: str) -> ModelEntry:
        text = TREE.replace("CHANGES", changes)
        for old, new in replaced.items():
            text = text.replace(old, new)
        Path(FILE).parent.mkdir(parents=True, exist_ok=True)
        Path(FILE).write_text(text)
        Path("params.yaml").write_text(f"scale: {scale}")
        return entries.of("forecast", name)

    return read_at


@pytest.mark.parametrize(
    ("scale", "expected"),
    [("smoke", (2, 1.0, 4)), ("laptop", (30, 1.0, 16)), ("paper", (400, None, 64))],
)
def test_a_recipe_is_read_at_the_scale(
    read: Callable[..., ModelEntry], scale: str, expected: tuple[object, ...]
) -> None:
    entry = read(scale)
    assert (entry.training.steps, entry.training.clip, entry.hyperparameters["width"]) == expected
    assert entry.hyperparameters["layers"] == 2
    assert (entry.training.loss, entry.training.batch, entry.training.learning_rate) == ("mse", 8, 0.001)


def test_what_a_model_says_itself_comes_after_its_recipe(read: Callable[..., ModelEntry]) -> None:
    changes = "laptop: {batch: 64, steps: 5, hyperparameters: {width: 9}}, smoke: {}"
    entry = read("laptop", changes)
    assert (entry.training.batch, entry.training.steps) == (64, 5)
    assert entry.hyperparameters == {"layers": 2, "width": 9}
    assert read("smoke", changes).training.steps == 2
    assert read("smoke", "batch: 64").training.batch == 64


def test_a_model_that_goes_on_from_another_is_of_a_kind_of_its_own(read: Callable[..., ModelEntry]) -> None:
    entry = read(name="again", **{"recipe: usual, init": "recipe: usual, checkpoint: step-20, init"})
    assert isinstance(entry, FinetunedEntry)
    assert (entry.init_from, entry.checkpoint) == ("d/net", "step-20")
    assert type(read()) is ModelEntry


def test_the_law_of_fresh_signals(read: Callable[..., ModelEntry]) -> None:
    fresh = {"training/stored, recipe: usual, h": "forecast/laws/harmonics, recipe: usual, h"}
    entry = read(changes="law: {noise_std: 1}, curriculum: [{steps: 30}], start: 9", **fresh)
    assert (entry.training.law, entry.training.start) == ({"noise_std": 1}, 9)


def test_a_scale_can_ask_for_fresh_signals_of_the_datasets_own_law(read: Callable[..., ModelEntry]) -> None:
    datasets = {"\nrecipes:": "\ndatasets: {d: {generator: harmonics}}\nrecipes:"}
    changes = "laptop: {fresh: true, start: 9}, smoke: {}"
    assert read("laptop", changes, **datasets).source == "forecast/laws/harmonics"
    assert read("smoke", changes, **datasets).source == "training/stored"
    with pytest.raises(InputError, match=r"models\.net\.fresh = true: d is drawn from no law; leave it out"):
        read("laptop", changes)


OF_FRESH = (
    "law, curriculum and start are of fresh signals; name a law such as forecast/laws/… or say fresh: true, or "
    "leave them out"
)
NO_AUGMENTATION = "makes no augmentation; name a source that does, or leave it out"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ("steps: 0", "models.net.training.steps = 0: input should be greater than or equal to 1"),
        ("batch: 0", "models.net.training.batch = 0"),
        ("batch: many", "models.net.training.batch = 'many': input should be a valid integer"),
        ("learning_rate: .nan", "models.net.training.learning_rate = nan"),
        ("momentum: 1", "models.net.training.momentum = 1: input should be less than 1"),
        ("optimizer: adam", "models.net.training.optimizer = 'adam': input should be 'adamw', 'sgd' or 'soap'"),
        ("hiden: 3", "models.net.training.hiden: unknown key; expected one of augmentation, average, batch, "),
        ("init_from: d/x", "models.net.init_from: unknown key; expected one of arch, dataset, hyperparameters, "),
        ("law: {noise_std: 1}", f"models.net.source = 'training/stored': {OF_FRESH}"),
        ("start: 10", f"models.net.source = 'training/stored': {OF_FRESH}"),
        ("curriculum: [{steps: 3}]", f"models.net.source = 'training/stored': {OF_FRESH}"),
        ("curriculum: [{steps: 31}]", "models.net.training: the curriculum's stages have more steps than the 30 of"),
        ("augmentation: {shift: 1}", f"models.net.source = 'training/stored': {NO_AUGMENTATION}"),
        ("smoke: {steps: 5}", "models.net: no block for scale 'laptop'; add laptop: beside smoke"),
        ("batch: 9, laptop: {batch: 7}", "models.net.batch: beside the blocks; there expected one of arch, dataset, hyperparameters, init_from, recipe, source, all else in smoke, laptop, paper"),
        ("laptop: {hyperparameters: {layers: 3}}", "models.net.hyperparameters.layers: also in the block laptop"),
    ],
)  # fmt: skip
def test_a_wrong_model_is_named(read: Callable[..., ModelEntry], changes: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        read(changes=changes)
    assert str(error.value).startswith(f"{FILE}: {message}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("recipe: usual, h", "recipe: usul, h", "recipes.usul: unknown; expected one of usual"),
        ("recipe: usual, h", "h", "models.net.recipe = None: expected the name of an entry of recipes"),
        ("recipe: usual, h", "recipe: {steps: 2}, h", "models.net.recipe = {'steps': 2}: expected the name"),
        ("{loss: mse, batch: 8, learning_rate: 1e-3}", "", "recipes.usual.training = None: expected a mapping"),
        ("training: {loss: mse, batch: 8, learning_rate: 1e-3}", "", "recipes.usual.training = None: expected a"),
        ("loss: mse, ", "", "models.net.training.loss: missing key; add it"),
        ("batch: 8", "batch: 8, steps: 3", "recipes.usual.steps: also in the block laptop; leave it out of one"),
        ("    training:", "    steps: 3\n    training:", "recipes.usual.steps: unknown key; expected training, smoke"),
        ("    laptop:", "    desktop:", "recipes.usual.desktop: unknown key; expected training, smoke, laptop, paper"),
        ("dataset: d, arch: lstm, source: training/stored, recipe: usual, h", "recipe: usual, h", "models.net.dataset: missing key"),
        ("  net:", "  n et:", "models.n et: a name is letters, digits, '-' and '_' only"),
        ("  net:", "  other:", "models.net: unknown; expected one of other"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named(read: Callable[..., ModelEntry], old: str, new: str, message: str) -> None:
    assert old in TREE
    with pytest.raises(InputError) as error:
        read(**{old: new})
    assert str(error.value).startswith(f"{FILE}: {message}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("init_from", "message"),
    [
        ("net", "finetuned.again.init_from = 'net': string should match pattern"),
        ("d/net, checkpoint: last", "finetuned.again.checkpoint = 'last': string should match pattern"),
    ],
)
def test_where_a_model_goes_on_from_is_checked(
    read: Callable[..., ModelEntry], init_from: str, message: str
) -> None:
    with pytest.raises(InputError) as error:
        read(name="again", **{"init_from: d/net": f"init_from: {init_from}"})
    assert str(error.value).startswith(f"{FILE}: {message}")


def test_a_law_makes_no_augmentation(read: Callable[..., ModelEntry]) -> None:
    fresh = {"training/stored, recipe: usual, h": "forecast/laws/harmonics, recipe: usual, h"}
    with pytest.raises(InputError, match=f"source = 'forecast/laws/harmonics': {NO_AUGMENTATION}"):
        read(changes="augmentation: {shift: 1}", **fresh)


@pytest.mark.parametrize("scale", SCALES)
def test_every_committed_model_can_be_read_at_every_scale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scale: str
) -> None:
    monkeypatch.chdir(write_params(tmp_path, {"": default_tree() | {"scale": scale}}))
    for name in task.names():
        for model in params.models(name):
            assert entries.of(name, model).training.loss in task.Task(name).learning.losses


def test_a_number_of_another_scale_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_params(tmp_path / "a"))
    before = entries.of("denoise", "sine-rnn")
    tree: dict[str, Any] = default_tree("denoise")
    put(tree, "recipes.recurrent.paper.steps", 3)
    monkeypatch.chdir(write_params(tmp_path / "b", {"denoise": tree}))
    assert entries.of("denoise", "sine-rnn") == before

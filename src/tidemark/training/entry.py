"""What params.yaml may say of a model and of its training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.core.frozen import SCALES, Count, Frozen, NonNegative, Positive


class Stage(Frozen):
    """A part of a curriculum."""

    steps: Count
    law: Mapping[str, Any] = {}
    """Keys of the dataset's law that differ in this stage."""


class TrainingEntry(Frozen):
    """How one model is trained: its recipe, with what its own entry changes."""

    seed: Annotated[int, Field(ge=0)] = 0
    loss: str
    """One of the task's losses, as `Learning.losses` lists them."""
    augmentation: Mapping[str, Any] = {}
    """Random changes of training inputs, of a source that makes them."""
    law: Mapping[str, Any] = {}
    """Keys of the dataset's law that differ in fresh signals, such as a range of noise levels."""
    curriculum: Sequence[Stage] = ()
    """Fresh signals of one law after another; what steps remain see the law without change."""
    start: Count | None = None
    """Fresh clean signals that a model which begins at the data sees; none gives it the training files'."""
    optimizer: Literal["adamw", "sgd", "soap"] = "adamw"
    """soap: AdamW in the eigenbasis of each weight's gradients; learns more in a step, which takes longer."""
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.9
    """Of `sgd`."""
    steps: Count
    batch: Count
    learning_rate: Positive
    weight_decay: NonNegative = 0.0
    schedule: Literal["constant", "cosine"] = "cosine"
    warmup: Annotated[int, Field(ge=0)] = 0
    """Steps over which the learning rate rises from zero."""
    clip: Positive | None = 1.0
    """Largest gradient norm."""
    average: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Decay of the exponential moving average of the weights; 0 averages nothing."""
    validate_every: Count = 50
    checkpoint_every: Count | None = None
    """Steps between checkpoints that stay with the model, named step-<n>; none leaves only the best."""
    patience: Count | None = None
    """Validations without improvement after which training stops."""
    precision: Literal["32-true", "bf16-mixed"] = "32-true"

    @model_validator(mode="after")
    def _curriculum_fits(self) -> TrainingEntry:
        if sum(stage.steps for stage in self.curriculum) > self.steps:
            raise ValueError(f"the curriculum's stages have more steps than the {self.steps} of the training")
        return self


class ModelEntry(Frozen):
    """One architecture trained on one dataset."""

    dataset: str
    arch: str
    source: str
    """Where training batches come from: training/stored (the dataset's own signals), a law of the task such
    as denoise/laws/sine (new signals at every step), or another file of the package that provides one."""
    hyperparameters: Mapping[str, Any]
    training: TrainingEntry

    def from_seed(self, number: int) -> Self:
        """The same training from another seed: 0 is its own."""
        training = self.training.model_copy(update={"seed": self.training.seed + number})
        return self.model_copy(update={"training": training})

    def check_source(self, task: str, where: str) -> None:
        """Raise `InputError` where keys of fresh signals go with stored ones."""
        training = self.training
        fresh = self.source.startswith(f"{task}/laws/")
        if not fresh and (training.law or training.start or training.curriculum):
            raise InputError(
                f"{where}.source = {self.source!r}: law, curriculum and start are of fresh signals; name a "
                f"law such as {task}/laws/… or say fresh: true, or leave them out"
            )
        if training.augmentation and (fresh or self.source == "training/stored"):
            raise InputError(
                f"{where}.source = {self.source!r}: makes no augmentation; name a source that does, or leave "
                "it out"
            )


class FinetunedEntry(ModelEntry):
    """A model that goes on from the weights of another one, on the same dataset or on a new one."""

    hyperparameters: Mapping[str, Any] = {}
    """Those of the other model; anything else is an error."""
    init_from: Annotated[str, Field(pattern=r"^[^/]+/[^/]+$")]
    """Dataset and name of the other model: its folder below `models/`."""
    checkpoint: Annotated[str, Field(pattern=r"^step-[0-9]+$")] | None = None
    """Name of the other model's checkpoint, step-<n>; none takes its best weights."""


class TrainingDefaults(Frozen):
    """What holds for every training run."""

    threads: Count
    """CPU threads of one training process: part of the result, since sums depend on it."""
    checkpoint_seconds: NonNegative
    """Time between resume points; no part of the result."""
    snapshots: Annotated[int, Field(ge=2)]
    """Predictions for one validation signal recorded while training, for the animation."""
    tensorboard: bool = False
    """Whether to write TensorBoard events to runs/<model>; no part of the result."""


GROUPS: Mapping[str, type[ModelEntry]] = {"models": ModelEntry, "finetuned": FinetunedEntry}
BESIDE = ("dataset", "arch", "source", "recipe", "init_from", "hyperparameters")
"""Keys of an entry outside its blocks."""
FRESH = "fresh"
"""Key of a scale's block: the law that made the dataset is the source, whatever `source` says."""
OWN = ("dataset", "arch", "source", "hyperparameters", "init_from", "checkpoint")
"""Keys of a model; all others, in its blocks or its recipe, are of its training."""


def of(task: str, name: str, scale: str = "") -> ModelEntry:
    """A model's entry at a scale, by default the chosen one: its recipe, that one's block, then its own.

    Raises `InputError` naming file and key.
    """
    group = params.models(task).get(name)
    if group is None:
        params.raw(task, "models", name)  # which says what names there are
        raise AssertionError
    where = params.where(task, group, name)
    written = dict(params.raw(task, group, name))
    params.check_beside(written, BESIDE, where)
    recipe = written.pop("recipe", None)
    if not isinstance(recipe, str):
        raise InputError(f"{where}.recipe = {recipe!r}: expected the name of an entry of recipes")
    base = params.raw(task, "recipes", recipe)
    whole = dict(on_recipe(written, where, base, params.where(task, "recipes", recipe), scale))
    if not isinstance(fresh := whole.pop(FRESH, False), bool):
        raise InputError(f"{where}.{FRESH} = {fresh!r}: expected true or false")
    if fresh:
        whole["source"] = _own_law(task, whole.get("dataset"), where)
    entry = {key: value for key, value in whole.items() if key in OWN}
    entry["training"] = {key: value for key, value in whole.items() if key not in OWN}
    kind: type[ModelEntry] = GROUPS[group]
    result = params.validate(kind, entry, where)
    result.check_source(task, where)
    return result


def _own_law(task: str, dataset: object, where: str) -> str:
    """The source of new signals like a dataset's own; raises `InputError` where it was drawn from no law."""
    generator = params.section(task, "datasets").get(str(dataset), {}).get("generator")
    if generator is None:
        raise InputError(f"{where}.{FRESH} = true: {dataset} is drawn from no law; leave it out")
    return f"{task}/laws/{generator}"


def on_recipe(
    written: params.Tree, where: str, recipe: params.Tree, place: str, scale: str = ""
) -> params.Tree:
    """What an entry says on top of its recipe, both at a scale; by default the chosen one.

    Raises `InputError` that names the entry as `where`, the recipe as `place`.
    """
    if extra := recipe.keys() - {"training", *SCALES}:
        raise InputError(f"{place}.{min(extra)}: unknown key; expected training, {', '.join(SCALES)}")
    training = recipe.get("training")
    if not isinstance(training, Mapping):
        raise InputError(f"{place}.training = {training!r}: expected a mapping of what holds at every scale")
    settings = {**training, **{block: recipe[block] for block in SCALES if block in recipe}}
    return params.merged(params.at_scale(settings, place, scale), params.at_scale(written, where, scale))

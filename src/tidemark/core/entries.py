"""What an entry of params.yaml may say: frozen, validated types, one for each kind of entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from tidemark.core.frozen import Count, Frozen, NonNegative, Positive, Scale, Share
from tidemark.core.study import SimulationEntry, StudyEntry

LOSSES: Mapping[str, Sequence[str]] = {
    "denoise": ("l1", "mse"),
    "forecast": ("l1", "mse", "step_weighted_mse"),
    "infer": ("gaussian_nll", "damped_gaussian_nll"),
    "classify": ("cross_entropy", "balanced_cross_entropy"),
}
"""What a network of a task may be trained with."""


class Splits(Frozen):
    """Number of signals in each split of a generated dataset."""

    train: Count
    validation: Count
    test: Count


class DatasetEntry(Frozen):
    """A dataset made by a generator; `law` belongs to the generator of that name."""

    generator: str
    seed: Annotated[int, Field(ge=0)]
    splits: Splits
    law: Mapping[str, Any]
    tests: Mapping[str, Mapping[str, Any]] = {}
    """Further test sets by name: the keys of `law` that differ there. Each is as large as `splits.test`."""
    missing_targets: Annotated[float, Field(ge=0)] = 0
    """Training targets to hide: a share of all values if below 1, otherwise how many."""

    @model_validator(mode="after")
    def _at_most_half(self) -> DatasetEntry:
        if 0.5 < self.missing_targets < 1:
            raise ValueError("missing_targets as a share is at most 0.5")
        if taken := {"train", "validation", "test"} & set(self.tests):
            raise ValueError(f"tests.{min(taken)}: this split is there already; choose another name")
        return self


class RecordingEntry(Frozen):
    """A recorded signal: the file, what to read of it, and how to cut windows from it."""

    file: str
    task: str = "denoise"
    columns: list[str] | None = None
    """Columns (or channel numbers of a WAV or NPY file) that are the clean signal."""
    noisy_columns: list[str] | None = None
    """Columns of the noisy partner, where the file holds a clean/noisy pair."""
    time_column: str | None = None
    sampling_rate: Positive | None = None
    """Samples per `rate_unit`; needed where the file itself does not say."""
    rate_unit: str = "s"
    units: str = ""
    window: Count | None = None
    """Samples in a window to denoise, or of each of two columns one of which is inferred."""
    lookback: Count | None = None
    """Samples that a forecast is made from …"""
    horizon: Count | None = None
    """… and samples forecast."""
    given: Count | None = None
    """Samples given of the column to infer, the first of a window."""
    asked: Literal["first", "second", "either"] = "either"
    """Which of two columns is inferred."""
    hop: Count
    blocks: tuple[Share, Share, Share] = (0.7, 0.15, 0.15)
    """Shares of the recording, in time order, for train, validation and test."""
    minimum_present: Share = 0.5
    """A window with a smaller share of present values is left out."""
    snr_db: float | None = None
    """Noise added to a clean recording, relative to the training block's variance."""
    normalisation: Literal["standard", "window"] = "standard"
    """By the training block's mean and standard deviation; or, but for recordings to denoise, window by
    window as well: what is given, less its mean, over its largest absolute value then."""
    season: Count = 1
    """Samples in a season: what a seasonal naive forecast repeats, and errors are scaled by (MASE)."""
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _consistent(self) -> RecordingEntry:
        tasks = {"denoise": ["window"], "forecast": ["lookback", "horizon"], "infer": ["window", "given"]}
        sizes = tasks.get(self.task)
        if sizes is None:
            raise ValueError(f"task {self.task!r} has no recordings; expected one of {', '.join(tasks)}")
        for key in ("window", "lookback", "horizon", "given"):
            if (getattr(self, key) is None) == (key in sizes):
                raise ValueError(f"a recording to {self.task} has {' and '.join(sizes)}; mend {key}")
        if self.task == "infer" and not (self.columns and len(self.columns) == 2):
            raise ValueError("a recording to infer has two columns; mend columns")
        if self.given is not None and self.window is not None and not self.given < self.window:
            raise ValueError(f"given {self.given} is not smaller than window {self.window}")
        if self.window is not None and self.hop > self.window:
            raise ValueError(f"hop {self.hop} is larger than window {self.window}")
        if abs(sum(self.blocks) - 1) > 1e-6 or min(self.blocks) <= 0:
            raise ValueError("blocks are three positive shares that sum to 1")
        if self.task == "denoise" and (self.snr_db is None) == (self.noisy_columns is None):
            raise ValueError("give either snr_db (noise is added) or noisy_columns (a pair)")
        if self.task != "denoise" and not (self.snr_db is None is self.noisy_columns):
            raise ValueError("snr_db and noisy_columns are of recordings to denoise; leave them out")
        if self.task == "denoise" and self.normalisation == "window":
            raise ValueError("normalisation window is of recordings to forecast or infer; leave it out")
        return self


class Stage(Frozen):
    """A part of a curriculum."""

    steps: Count
    law: Mapping[str, Any] = {}
    """Keys of the dataset's law that differ in this stage."""


class TrainingEntry(Frozen):
    """How one model is trained."""

    loss: Literal[
        "l1",
        "mse",
        "step_weighted_mse",
        "gaussian_nll",
        "damped_gaussian_nll",
        "cross_entropy",
        "balanced_cross_entropy",
    ] = "l1"
    """As `LOSSES` says for the task; step_weighted_mse weighs step i = 0, 1, … of a forecast by 1 / (i +
    1), balanced_cross_entropy a window by how rare its class is in training."""
    source: Literal["files", "fresh", "raw"] = "files"
    """fresh: new signals at every step, drawn from the law; for a recording, new noise on its windows. raw:
    of a study, spectrograms computed on the device from windows that `augmentation` changes at random."""
    augmentation: Annotated[Mapping[str, Any], Field(exclude_if=lambda changes: not changes)] = {}
    """See `tidemark.training.augmentation.Augmentation`."""
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
    """Decay of the exponential moving average of the weights; 0 keeps none."""
    validate_every: Count = 50
    checkpoint_every: Count | None = None
    """Steps between checkpoints that are kept with the model, named step-<n>; none keeps only the best."""
    patience: Count | None = None
    """Validations without improvement after which training stops."""
    precision: Literal["32-true", "bf16-mixed"] = "32-true"

    @model_validator(mode="after")
    def _fresh(self) -> TrainingEntry:
        if self.source != "fresh" and (self.law or self.start or self.curriculum):
            raise ValueError(
                "law, curriculum and start are of fresh signals; set source: fresh, or leave them out"
            )
        if self.augmentation and self.source != "raw":
            raise ValueError("augmentation is of raw windows; set source: raw, or leave it out")
        if sum(stage.steps for stage in self.curriculum) > self.steps:
            raise ValueError(f"the curriculum's stages have more steps than the {self.steps} of the training")
        return self


class ModelEntry(Frozen):
    """One architecture trained on one dataset."""

    task: str
    dataset: str
    arch: str
    seed: Annotated[int, Field(ge=0)] = 0
    hyperparameters: Mapping[str, Any] = {}
    training: TrainingEntry


class FinetunedEntry(ModelEntry):
    """A model that goes on from the weights of another one, on the same dataset or on a new one.

    Its architecture and, unless it says otherwise, its hyperparameters are the other one's.
    """

    init_from: str
    """Name of the other model."""
    checkpoint: Annotated[str, Field(pattern=r"^step-[0-9]+$")] | None = None
    """Name of the other model's checkpoint, step-<n>; none takes its best weights."""


class ReferenceEntry(Frozen):
    """A baseline or a limit on one dataset."""

    task: str
    dataset: str
    method: str
    options: Mapping[str, Any] = {}


class ProjectionEntry(Frozen):
    """A layer of a model, whose outputs for points of test signals are laid out in the plane by t-SNE."""

    model: str
    task: Literal["infer"]
    dataset: str
    arch: str
    """Task, dataset and architecture are the model's; the stage's dependencies are named after them."""
    layer: str | Annotated[list[str], Field(min_length=1)]
    """Name of a submodule, or of several whose features stand side by side."""
    points: Count = 600
    perplexity: Positive = 30
    """How many neighbours a point has, so to speak; smaller than `points`."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0

    @model_validator(mode="after")
    def _enough(self) -> ProjectionEntry:
        if self.perplexity >= self.points:
            raise ValueError(f"perplexity {self.perplexity:g} is not smaller than points {self.points}")
        return self


class PublishedEntry(Frozen):
    """What the authors of a predictor printed: one metric's value by test set."""

    metric: str
    scores: Mapping[str, float]


class TrainingDefaults(Frozen):
    """What holds for every training run."""

    threads: Count
    """CPU threads of one training process: part of the result, since sums depend on it."""
    checkpoint_seconds: NonNegative
    """Time between resume points; no part of the result."""
    snapshots: Annotated[int, Field(ge=2)]
    """Estimates of one validation signal kept while training, for the animation."""
    tensorboard: bool = False
    """Whether to write TensorBoard events to runs/<model>; no part of the result."""


class EvaluationEntry(Frozen):
    """How scores get their intervals and the report its examples."""

    resamples: Count
    confidence: Annotated[float, Field(gt=0, lt=1)]
    seed: Annotated[int, Field(ge=0)]
    examples: Count


class Params(Frozen):
    """The whole of params.yaml, sizes resolved for its `scale`."""

    scale: Scale
    training: TrainingDefaults
    evaluation: EvaluationEntry
    tasks: Mapping[str, Mapping[str, Any]]
    datasets: Mapping[str, DatasetEntry]
    recordings: Mapping[str, RecordingEntry]
    models: Mapping[str, ModelEntry]
    baselines: Mapping[str, ReferenceEntry]
    limits: Mapping[str, ReferenceEntry]
    finetuned: Mapping[str, FinetunedEntry] = {}
    """Stages of a kind of their own: each depends on the model that it goes on from."""
    projections: Mapping[str, ProjectionEntry] = {}
    published: Mapping[str, PublishedEntry] = {}
    simulations: Mapping[str, SimulationEntry] = {}
    studies: Mapping[str, StudyEntry] = {}

    @property
    def networks(self) -> Mapping[str, ModelEntry]:
        """Everything that is trained: models, and those that go on from other ones."""
        found = dict(self.models)
        for name, entry in self.finetuned.items():
            source: ModelEntry | None = entry
            for _ in self.finetuned:  # no more steps back than there are entries
                if isinstance(source, FinetunedEntry) and not source.hyperparameters:
                    source = self.finetuned.get(source.init_from) or self.models.get(source.init_from)
            found[name] = entry.model_copy(
                update={"hyperparameters": source.hyperparameters if source else {}}
            )
        return found

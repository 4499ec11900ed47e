"""params.yaml as frozen, validated values; every error names the key, its value and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tidemark.core import registry
from tidemark.core.errors import InputError

SCALES = ("smoke", "laptop", "paper")
Scale = Literal["smoke", "laptop", "paper"]
Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]


class Frozen(BaseModel):
    """Base of everything read from params.yaml: immutable, and no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    window: Count
    hop: Count
    blocks: tuple[Share, Share, Share] = (0.7, 0.15, 0.15)
    """Shares of the recording, in time order, for train, validation and test."""
    minimum_present: Share = 0.5
    """A window with a smaller share of present values is left out."""
    snr_db: float | None = None
    """Noise added to a clean recording, relative to the training block's variance."""
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _consistent(self) -> RecordingEntry:
        if self.hop > self.window:
            raise ValueError(f"hop {self.hop} is larger than window {self.window}")
        if abs(sum(self.blocks) - 1) > 1e-6 or min(self.blocks) <= 0:
            raise ValueError("blocks are three positive shares that sum to 1")
        if (self.snr_db is None) == (self.noisy_columns is None):
            raise ValueError("give either snr_db (noise is added) or noisy_columns (a pair)")
        return self


class TrainingEntry(Frozen):
    """How one model is trained."""

    loss: Literal["l1", "mse"] = "l1"
    source: Literal["files", "fresh"] = "files"
    """fresh: new signals at every step, drawn from the law; for a recording, new noise on its windows."""
    law: Mapping[str, Any] = {}
    """Keys of the dataset's law that differ in fresh signals, such as a range of noise levels."""
    start: Count | None = None
    """Fresh clean signals that a model which begins at the data sees; none gives it the training files'."""
    optimizer: Literal["adamw", "sgd"] = "adamw"
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
    patience: Count | None = None
    """Validations without improvement after which training stops."""
    precision: Literal["32-true", "bf16-mixed"] = "32-true"

    @model_validator(mode="after")
    def _fresh(self) -> TrainingEntry:
        if self.source == "files" and (self.law or self.start):
            raise ValueError("law and start are of fresh signals; set source: fresh, or leave them out")
        return self


class ModelEntry(Frozen):
    """One architecture trained on one dataset."""

    task: str
    dataset: str
    arch: str
    seed: Annotated[int, Field(ge=0)] = 0
    hyperparameters: Mapping[str, Any] = {}
    training: TrainingEntry


class ReferenceEntry(Frozen):
    """A baseline or a limit on one dataset."""

    task: str
    dataset: str
    method: str
    options: Mapping[str, Any] = {}


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
    published: Mapping[str, PublishedEntry] = {}


Model = TypeVar("Model", bound=BaseModel)


def validate(kind: type[Model], values: object, where: str) -> Model:
    """Build `kind` from plain values; raise a one-line `InputError` that names the key below `where`."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise InputError(_one_line(error, kind, where)) from None


def _one_line(error: ValidationError, kind: type[BaseModel], where: str) -> str:
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    key = ".".join([*filter(None, [where]), *place])
    if first["type"] == "extra_forbidden":
        allowed = sorted(_fields_at(kind, place[:-1]))
        return f"{key}: unknown key; expected one of {', '.join(allowed)}"
    if first["type"] == "missing":
        return f"{key}: missing key; add it"
    message = first["msg"].removeprefix("Value error, ")
    expected = message[0].lower() + message[1:]
    if isinstance(first["input"], Mapping):
        return f"{key}: {expected}"
    return f"{key} = {first['input']!r}: {expected}"


def _fields_at(kind: type[BaseModel], place: list[str]) -> list[str]:
    """Names of the keys allowed at a place inside `kind`, following nested models and mappings."""
    for part in place:
        field = kind.model_fields.get(part)
        if field is None:
            continue  # a name inside a mapping of entries
        for inner in [field.annotation, *getattr(field.annotation, "__args__", ())]:
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                kind = inner
    return list(kind.model_fields)


def at_scale(tree: Any, scale: str, where: str = "") -> Any:
    """Replace every mapping from scale names to values by its value at `scale`."""
    if isinstance(tree, Mapping):
        if tree and set(tree) <= set(SCALES):
            if scale not in tree:
                raise InputError(f"{where}: no value for scale {scale!r}; add one beside {', '.join(tree)}")
            return tree[scale]
        return {key: at_scale(value, scale, f"{where}.{key}".lstrip(".")) for key, value in tree.items()}
    if isinstance(tree, list):
        return [at_scale(value, scale, where) for value in tree]
    return tree


def load(path: Path = Path("params.yaml")) -> Params:
    """Read and validate params.yaml; raise `InputError` naming the first key that is wrong."""
    try:
        tree = YAML(typ="safe").load(path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run this in the folder of a tidemark pipeline") from None
    except YAMLError as error:
        raise InputError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(tree, Mapping):
        raise InputError(f"{path}: expected a mapping of parameters, got {type(tree).__name__}")
    if tree.get("scale") not in SCALES:
        raise InputError(f"scale = {tree.get('scale')!r}: expected one of {', '.join(SCALES)}")
    params = validate(Params, at_scale(tree, tree["scale"]), "")
    _check_names(params)
    return params


def _check_names(params: Params) -> None:
    """Every name refers to something, and no two things share a name."""
    groups: dict[str, Mapping[str, Frozen]] = {
        "datasets": params.datasets,
        "recordings": params.recordings,
        "models": params.models,
        "baselines": params.baselines,
        "limits": params.limits,
    }
    for group, entries in groups.items():
        for name in entries:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
                raise InputError(f"{group}.{name}: a name is letters, digits, '-' and '_' only")
    # What shares a kind of file on disk must not share a name.
    for kin in [("datasets", "recordings"), ("models", "baselines", "limits")]:
        for first, second in combinations(kin, 2):
            for name in groups[first].keys() & groups[second].keys():
                raise InputError(f"{second}.{name}: also a name in {first}; rename one")
    for name in params.published:
        entry_of({**params.models, **params.baselines, **params.limits}, name, "published")
    for name, dataset in params.datasets.items():
        for test in dataset.tests:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", test):  # a file name
                raise InputError(
                    f"datasets.{name}.tests.{test}: a name is letters, digits, '-', '_' and '.' only"
                )
        registry.check("signals", dataset.generator, f"datasets.{name}.generator")
    for name, model in params.models.items():
        registry.check("models", model.arch, f"models.{name}.arch")
        _check_use(params, model, f"models.{name}")
    for group, references in [("baselines", params.baselines), ("limits", params.limits)]:
        for name, reference in references.items():
            registry.check(group, reference.method, f"{group}.{name}.method")
            _check_use(params, reference, f"{group}.{name}")


def _check_use(params: Params, entry: ModelEntry | ReferenceEntry, where: str) -> None:
    """The task and the dataset that an entry names are there."""
    registry.check("tasks", entry.task, f"{where}.task")
    known = sorted([*params.datasets, *params.recordings])
    if entry.dataset not in known:
        expected = ", ".join(known)
        raise InputError(f"{where}.dataset = {entry.dataset!r}: unknown; expected one of {expected}")


def entry_of(entries: Mapping[str, Model], name: str, group: str) -> Model:
    """The entry called `name`, or an `InputError` that lists the names there are."""
    if name not in entries:
        raise InputError(f"{group}.{name}: unknown; expected one of {', '.join(sorted(entries))}")
    return entries[name]

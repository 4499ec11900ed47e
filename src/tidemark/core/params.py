"""params.yaml, read and checked, its sizes those of a scale; an error names the key and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tidemark.core import registry
from tidemark.core.entries import LOSSES, FinetunedEntry, ModelEntry, Params, ProjectionEntry, ReferenceEntry
from tidemark.core.errors import InputError
from tidemark.core.frozen import SCALES, Frozen

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
        "finetuned": params.finetuned,
        "baselines": params.baselines,
        "limits": params.limits,
        "projections": params.projections,
        "simulations": params.simulations,
        "studies": params.studies,
    }
    for group, entries in groups.items():
        for name in entries:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
                raise InputError(f"{group}.{name}: a name is letters, digits, '-' and '_' only")
    # What shares a kind of file on disk must not share a name.
    for kin in [
        ("datasets", "recordings", "studies"),
        ("models", "finetuned", "baselines", "limits", "studies"),
    ]:
        for first, second in combinations(kin, 2):
            for name in groups[first].keys() & groups[second].keys():
                raise InputError(f"{second}.{name}: also a name in {first}; rename one")
    for name in params.published:
        entry_of({**params.networks, **params.baselines, **params.limits}, name, "published")
    for name, dataset in params.datasets.items():
        for test in dataset.tests:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", test):  # a file name
                raise InputError(
                    f"datasets.{name}.tests.{test}: a name is letters, digits, '-', '_' and '.' only"
                )
        registry.check("signals", dataset.generator, f"datasets.{name}.generator")
    for name, simulation in params.simulations.items():
        registry.check("simulations", simulation.generator, f"simulations.{name}.generator")
    for name, model in params.networks.items():
        group = "finetuned" if name in params.finetuned else "models"
        _check_use(params, model, f"{group}.{name}")
        registry.check(f"models/{model.task}", model.arch, f"{group}.{name}.arch")
        if model.training.loss not in LOSSES[model.task]:
            raise InputError(
                f"{group}.{name}.training.loss = {model.training.loss!r}: is none of task {model.task}; "
                f"expected {' or '.join(LOSSES[model.task])}"
            )
    for name, model in params.finetuned.items():
        entry_of(params.networks, model.init_from, f"finetuned.{name}.init_from: models")
        _check_source(params, name, model)
    for name, projection in params.projections.items():
        _check_projection(params, name, projection)
    for group, references in [("baselines", params.baselines), ("limits", params.limits)]:
        for name, reference in references.items():
            _check_use(params, reference, f"{group}.{name}")
            registry.check(f"{group}/{reference.task}", reference.method, f"{group}.{name}.method")


def _check_use(params: Params, entry: ModelEntry | ReferenceEntry, where: str) -> None:
    """The task and the dataset that an entry names are there."""
    registry.check("tasks", entry.task, f"{where}.task")
    known = sorted([*params.datasets, *params.recordings, *params.studies])
    if entry.dataset not in known:
        expected = ", ".join(known)
        raise InputError(f"{where}.dataset = {entry.dataset!r}: unknown; expected one of {expected}")
    recording = params.recordings.get(entry.dataset)
    if recording is not None and recording.task != entry.task:
        raise InputError(
            f"{where}.dataset = {entry.dataset!r}: a recording to {recording.task}, not to {entry.task}; "
            f"add one with task: {entry.task}"
        )
    if (entry.dataset in params.studies) != (entry.task == "classify"):
        kind = "a study, to classify" if entry.dataset in params.studies else "no study"
        raise InputError(f"{where}.dataset = {entry.dataset!r}: {kind}; name another one, or mend task")


def _check_source(params: Params, name: str, entry: FinetunedEntry) -> None:
    """The model to go on from is of the same architecture, keeps the checkpoint, and is not this one."""
    source: ModelEntry = params.networks[entry.init_from]
    if (source.task, source.arch) != (entry.task, entry.arch):
        raise InputError(
            f"finetuned.{name}.arch = {entry.arch!r}: {entry.init_from} is of task {source.task}, "
            f"architecture {source.arch!r}; they must be the same"
        )
    seen, earlier = {name}, source
    while isinstance(earlier, FinetunedEntry):
        if earlier.init_from in seen:
            raise InputError(f"finetuned.{name}.init_from = {entry.init_from!r}: goes round in a circle")
        seen.add(earlier.init_from)
        earlier = params.networks[earlier.init_from]
    if entry.checkpoint is None:
        return
    training, step = source.training, int(entry.checkpoint.removeprefix("step-"))
    every = training.checkpoint_every
    if every is None or not 0 < step <= training.steps or step % every:
        kept = "none" if every is None else f"one every {every} steps up to {training.steps}"
        raise InputError(
            f"finetuned.{name}.checkpoint = {entry.checkpoint!r}: {entry.init_from} keeps {kept} "
            "(training.checkpoint_every)"
        )


def _check_projection(params: Params, name: str, entry: ProjectionEntry) -> None:
    """The model to look into is there, and is what the entry says."""
    model: ModelEntry = entry_of(params.networks, entry.model, f"projections.{name}.model: models")
    for key in ("task", "dataset", "arch"):
        given, own = getattr(entry, key), getattr(model, key)
        if given != own:
            raise InputError(
                f"projections.{name}.{key} = {given!r}: model {entry.model} has {own!r}; repeat it"
            )


def entry_of(entries: Mapping[str, Model], name: str, group: str) -> Model:
    """The entry called `name`, or an `InputError` that lists the names there are."""
    if name not in entries:
        raise InputError(f"{group}.{name}: unknown; expected one of {', '.join(sorted(entries))}")
    return entries[name]

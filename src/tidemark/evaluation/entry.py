"""What params.yaml may say of evaluation, and of baselines, oracles and limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import Field

from tidemark.core import params, registry
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.limit import Limit
from tidemark.core.task import Method

Kind = TypeVar("Kind", Method, Limit)


class EvaluationEntry(Frozen):
    """How scores get their intervals and the report its examples."""

    resamples: Count
    confidence: Annotated[float, Field(gt=0, lt=1)]
    seed: Annotated[int, Field(ge=0)]
    examples: Count

    @property
    def resampling(self) -> dict[str, Any]:
        """What `bootstrap.interval` takes of it."""
        return self.model_dump(exclude={"examples"})


class ReferenceEntry(Frozen):
    """A baseline, an oracle or a limit on one dataset."""

    method: str
    options: Mapping[str, Any] = {}

    @property
    def causal(self) -> bool:
        """Whether it uses the past and present only."""
        return bool(self.options.get("causal", False))


GROUPS = {"baselines": "baseline", "oracles": "oracle", "limits": "limit"}
"""Groups of references in params.yaml, and the kind of predictor that they hold."""


def references(task: str, dataset: str) -> Iterator[tuple[str, str, ReferenceEntry]]:
    """Baselines, oracles and limits of a dataset as (name, group, entry), in the file's order.

    They are written by dataset: a list of methods, or names with a method (else the name is one) and options.
    Raises `InputError` naming file and key.
    """
    for group in GROUPS:
        written = params.section(task, group).get(dataset) or {}
        place = params.where(task, group, dataset)
        if not isinstance(written, Mapping | list):
            raise InputError(
                f"{place} = {written!r}: expected a list of methods, or a mapping of names to method and "
                "options"
            )
        for label in written:
            where = f"{place}.{label}"
            if not isinstance(label, str) or not params.NAME.fullmatch(label):
                raise InputError(f"{where}: a name is letters, digits, '-' and '_' only")
            value = (written[label] if isinstance(written, Mapping) else None) or {}
            if not isinstance(value, Mapping):
                raise InputError(f"{where} = {value!r}: expected a mapping of its keys")
            entry = {"method": label.replace("-", "_"), **value}
            yield (
                f"{dataset}-{label}",
                group,
                params.validate(ReferenceEntry, params.at_scale(entry, where), where),
            )


def method_of(task: str, dataset: str, name: str, group: str, entry: ReferenceEntry) -> tuple[Method, Frozen]:
    """The method of a baseline or an oracle that `references` gave, and its options, checked."""
    return _loaded(task, dataset, name, group, entry, Method)


def limit_of(task: str, dataset: str, name: str, group: str, entry: ReferenceEntry) -> tuple[Limit, Frozen]:
    """The same of a limit."""
    return _loaded(task, dataset, name, group, entry, Limit)


def check(task: str, dataset: str, name: str, group: str, entry: ReferenceEntry) -> None:
    """Raise `InputError` unless there is such a method, of the group's kind, with such options."""
    (limit_of if GROUPS[group] == "limit" else method_of)(task, dataset, name, group, entry)


def _loaded(
    task: str, dataset: str, name: str, group: str, entry: ReferenceEntry, kind: type[Kind]
) -> tuple[Kind, Frozen]:
    where = f"{params.where(task, group, dataset)}.{name.removeprefix(f'{dataset}-')}"
    method = registry.load(f"{task}/{group}", entry.method, f"{where}.method", kind)
    return method, params.validate(method.options, entry.options, f"{where}.options")

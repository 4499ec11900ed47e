"""What params.yaml may say of evaluation, and of baselines, oracles and limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import Field, field_validator

from tidemark.core import params, registry
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.limit import Limit
from tidemark.core.method import Method

Kind = TypeVar("Kind", Method, Limit)
Examples = int | tuple[int, ...]
"""How many test signals are shown, the first ones; or which, counted from 0."""
ALL = "all"
"""Whatever dataset is not named."""


class EvaluationEntry(Frozen):
    """How scores get their intervals and the report its examples."""

    resamples: Count
    confidence: Annotated[float, Field(gt=0, lt=1)]
    seed: Annotated[int, Field(ge=0)]
    examples: Examples | Mapping[str, Examples]
    """Of every dataset, or by its name, `all` for the others."""

    @field_validator("examples", mode="before")
    @classmethod
    def _signals(cls, value: Any) -> Any:
        """Numbers and lists as they should be; one line for all else, where a union would give several."""
        for each in value.values() if isinstance(value, Mapping) else [value]:
            indices = each if isinstance(each, Sequence) and not isinstance(each, str) else [each]
            if not indices or not all(type(index) is int and index >= 0 for index in indices) or each == 0:
                raise ValueError(
                    "expected a number of signals, a list of their indices (from 0), or these by dataset, "
                    f"{ALL} for the others"
                )
            if len({*indices}) < len(indices):
                raise ValueError("an index is there twice; name each once")
        if isinstance(value, Mapping) and ALL not in value:
            raise ValueError(f"no {ALL}; add it for the datasets that are not named")
        return value

    @property
    def resampling(self) -> dict[str, Any]:
        """What `bootstrap.interval` takes of it."""
        return self.model_dump(exclude={"examples"})

    def chosen(self, dataset: str) -> tuple[int, ...] | None:
        """Indices of the examples of a dataset, where it is said which; None where only how many."""
        _, examples = self._of(dataset)
        return None if isinstance(examples, int) else examples

    def shown(self, dataset: str, count: int) -> Sequence[int]:
        """Indices of the examples among a dataset's `count` test signals.

        Raises `InputError` for one that is not there.
        """
        key, examples = self._of(dataset)
        if isinstance(examples, int):
            return range(min(examples, count))
        if max(examples) >= count:
            raise InputError(
                f"{params.TOP}: evaluation.{key} = {list(examples)}: {dataset} has {count} examples to "
                f"choose from, 0 to {count - 1}; leave {max(examples)} out"
            )
        return examples

    def _of(self, dataset: str) -> tuple[str, Examples]:
        """What holds for a dataset, and its key."""
        if not isinstance(self.examples, Mapping):
            return "examples", self.examples
        key = dataset if dataset in self.examples else ALL
        return f"examples.{key}", self.examples[key]


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

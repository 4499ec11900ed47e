"""The plots of a task's dvc.yaml, which name a file of every dataset: DVC takes no patterns there."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.comments import CommentedMap

from tidemark.project import edit, template

COMMENT = "# One file a dataset: `dvc plots` takes no patterns."


def _path(task: str, dataset: str, file: str) -> str:
    """A dataset's file, from the task's folder."""
    return f"../../plots/datasets/{task}/{dataset}/{file}"


def insert(text: str, task: str, dataset: str) -> str:
    """Put a dataset into every plot of one file a dataset, at its end."""
    text = remove(text, task, dataset)
    plots = template.yaml().load(text).get("plots")
    if not plots:
        return text + _new(task, dataset)
    lines = text.splitlines()
    for plot in reversed(plots):
        if kind := template.each_dataset(plot):
            (definition,) = plot.values()
            last = max(definition["y"].lc.key(key)[0] for key in definition["y"])
            indent = len(lines[last]) - len(lines[last].lstrip())
            lines.insert(last + 1, f"{' ' * indent}{_path(task, dataset, kind[0])}: {kind[1]}")
    return "\n".join(lines) + "\n"


def remove(text: str, task: str, dataset: str) -> str:
    """Take a dataset out of every plot, and out of the file those that then show nothing."""
    start = _path(task, dataset, "")
    lines = [line for line in text.splitlines() if not line.strip().strip("\"'").startswith(start)]
    text = "\n".join(lines) + "\n"
    plots: Any = template.yaml().load(text).get("plots") or []
    empty = [not definition["y"] for plot in plots for definition in plot.values()]
    if plots and all(empty):
        return edit.remove_key(text, "plots")
    starts = [plots.lc.item(place)[0] for place in range(len(plots))]
    ends = [*starts[1:], len(lines)]
    for place in reversed(range(len(plots))):
        if empty[place]:
            del lines[starts[place] : ends[place]]
    return "\n".join(lines) + "\n"


def _new(task: str, dataset: str) -> str:
    """The section for a first dataset, as the repository has it for its own."""
    plots: list[Any] = template.plots(task)
    for plot in plots:
        (definition,) = plot.values()
        file, column = template.each_dataset(plot) or ("", "")
        definition["y"] = CommentedMap({_path(task, dataset, file): column})
    return f"\n{COMMENT}\n" + template.written(CommentedMap({"plots": plots})) if plots else ""

"""The repository's own pipeline, as it becomes that of a project which has no copy of the code.

The files below `template` are links to the repository's (in a wheel, copies): there is no second pipeline to
keep up with the first. What differs in a project is one thing, the code: stages are the package's modules,
and depend on the file that says which code is installed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from tidemark.core import registry
from tidemark.evaluation import entry as references

FOLDER = Path(__file__).parent / "template"
INSTALLED = Path("installed.txt")
"""Of a project: the version of the package and a hash of its code, on which every stage depends."""
RECIPES = "recipes"
ITEM = re.compile(r"\$\{item\.([a-z_]+)\}")
HEADINGS = {
    "datasets": "Signals drawn from a law.",
    "recordings": "Signals cut from a file: `tidemark add FILE` writes one.",
    RECIPES: "How models are trained: what holds at every scale, then what each scale adds.",
    "models": "One architecture trained on one dataset.",
    "finetuned": "Models that go on from another one.",
    "baselines": "By dataset: classical methods.",
    "oracles": "By dataset: methods that are told the law; a recording has none.",
    "limits": "By dataset: scores that no method can beat; a recording has none.",
}
"""Comments of the groups of entries in a task's params.yaml."""


def yaml() -> YAML:
    """YAML that keeps comments, written as the repository's files are."""
    result = YAML()
    result.width, result.preserve_quotes = 118, True
    result.indent(mapping=2, sequence=4, offset=2)
    return result


def written(tree: Any) -> str:
    """A tree as text."""
    stream = io.StringIO()
    yaml().dump(tree, stream)
    return stream.getvalue()


def tasks() -> list[str]:
    """Tasks that have a pipeline."""
    return sorted(path.parent.name for path in FOLDER.glob("pipelines/*/dvc.yaml"))


def top() -> str:
    """A project's dvc.yaml: the report, and the stage that says which code is installed."""
    tree = yaml().load(FOLDER / "top.yaml")
    tree["stages"] = CommentedMap(
        {
            INSTALLED.stem: {
                "desc": "Write down which code is installed: all other stages run again after another one",
                "cmd": f"python -m tidemark.project.{INSTALLED.stem} {INSTALLED}",
                "always_changed": True,
                "outs": [{str(INSTALLED): {"cache": False}}],
            },
            "report": _without_code(tree["stages"]["report"]),
        }
    )
    return written(tree)


def pipeline(task: str) -> dict[str, str]:
    """Files of a project's folder of a task, by their paths in it, without any entry."""
    result: dict[str, str] = {}
    foreach: dict[str, None] = {}
    for file in ("dvc.yaml", "train/dvc.yaml"):
        tree = yaml().load(FOLDER / "pipelines" / task / file)
        tree.pop("plots", None)  # of the repository's datasets
        for definition in tree["stages"].values():
            group = str(definition["foreach"]).removeprefix("${").removesuffix("}")
            foreach[group] = None
            _without_code(definition["do"], group)
        lines = written(tree).splitlines()
        while not lines[-1] or lines[-1].startswith("#"):  # a comment on those plots
            lines.pop()
        result[file] = "\n".join(lines) + "\n"
    result["params.yaml"] = _empty(task, foreach)
    result["published.yaml"] = "# What others printed of their own runs, by dataset.\n{}\n"
    return result


def _empty(task: str, foreach: Iterable[str]) -> str:
    """A params.yaml of the groups of entries that a task has, all empty."""
    known = {*foreach, RECIPES, *references.GROUPS}
    lines = [
        f"# {task.capitalize()}: an entry is a stage of dvc.yaml; `tidemark check` says what is wrong "
        "with one."
    ]
    for group in [
        *(each for each in HEADINGS if each in known),
        *(each for each in foreach if each not in HEADINGS),
    ]:
        lines += ["", *([f"# {HEADINGS[group]}"] if group in HEADINGS else []), f"{group}: {{}}"]
    return "\n".join(lines) + "\n"


def plots(task: str) -> list[Any]:
    """The task's plots of one file a dataset, as the repository has them for its own datasets."""
    tree = yaml().load(FOLDER / "pipelines" / task / "dvc.yaml")
    return [plot for plot in tree.get("plots", ()) if each_dataset(plot)]


def each_dataset(plot: Any) -> tuple[str, str] | None:
    """Of a plot of one file a dataset, that file's name and the column drawn; none for any other."""
    (definition,) = plot.values()
    shown = {Path(path): str(column) for path, column in (definition["y"] or {}).items()}
    files, columns = {path.name for path in shown}, {*shown.values()}
    by_dataset = len({path.parent for path in shown}) == len(shown)
    if not by_dataset or len(files) > 1 or len(columns) > 1 or any(p.parent.name in p.name for p in shown):
        return None
    return files.pop(), columns.pop()


def _without_code(definition: Any, group: str = "") -> Any:
    """A stage of the repository, of an entry of `group`, as one of a project; in place.

    A file of code that an entry names, as a model does its architecture's, is then a parameter of its stage.
    """
    definition["cmd"] = definition["cmd"].replace(
        "python -m stages.", f"python -m {registry.PACKAGE.name}.stages."
    )
    deps = [str(path) for path in definition["deps"]]
    code = [path for path in deps if path.startswith(("stages/", "src/"))]
    definition["deps"] = CommentedSeq([str(INSTALLED), *(path for path in deps if path not in code)])
    named = [f"{group}.${{key}}.{key}" for path in code for key in ITEM.findall(path)]
    for each in definition["params"]:
        if isinstance(each, CommentedMap):
            (keys,) = each.values()
            if keys != [f"{group}.${{key}}"]:  # which is the whole entry
                keys.extend(named)
    return definition

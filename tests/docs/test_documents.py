"""README, docs and the like: what they link to and name is there, and what they tell readers to type works."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import typer.main
from dvc.cli.parser import get_main_parser
from ruamel.yaml import YAML

from support.documents import FENCE, REPOSITORY, blocks, commands
from tidemark.cli import app
from tidemark.core import params, registry
from tidemark.core.task import names

PAGES = [
    REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "data/README.md", "plots/README.md")
] + sorted((REPOSITORY / "docs").glob("*.md"))
TEXTS = {path: path.read_text(encoding="utf-8") for path in PAGES}
ENTRY = tuple(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
MADE = ("data/", "models/", "plots/", "metrics/", ".ckpt/", ".dvc/", "runs/", "dvc_plots/")
"""What the pipeline makes: not there in a fresh clone."""
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())


def spans(text: str) -> list[str]:
    """What stands between backticks, outside fenced blocks."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", FENCE.sub("", text))]


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_short_and_has_a_place_for_results() -> None:
    text = TEXTS[REPOSITORY / "README.md"]
    assert len(text.splitlines()) < 200
    assert text.count("![") == 1
    assert "MINUTES_" not in text, "write how many minutes the two commands take"
    assert re.search(r"<!-- results: begin -->\n(.*\n)*<!-- results: end -->", text)


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", TEXTS[page])):
        target, _, anchor = link.partition("#")
        if not link.startswith("http"):
            path = (page.parent / target).resolve() if target else page
            assert path.exists(), link
            assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), link


@each_page
def test_files_that_are_named_are_there(page: Path) -> None:
    top = {path.name for path in REPOSITORY.iterdir()}
    rooms = {path.name for path in registry.PACKAGE.iterdir()}
    made_here = {file for block in blocks(TEXTS[page]) for file in re.findall(r"`([^`]+)`:$", block.before)}
    for span in spans(TEXTS[page]):
        first = span.partition("/")[0]
        if not re.fullmatch(r"[\w.-]+(/[\w.-]*)+", span) or span.startswith(MADE) or span in made_here:
            continue
        if first in top:
            assert (REPOSITORY / span).exists(), span
        elif first in rooms:
            rooms_of = [registry.PACKAGE, *(registry.PACKAGE / task for task in names())]
            paths = [room / span for room in rooms_of]
            assert any(path.exists() or path.with_suffix(".py").exists() for path in paths), span


def typed() -> list[tuple[str, str, str]]:
    """Every command in a block or between backticks: the page, the folder that it is typed in, the command."""
    found = []
    for page, text in TEXTS.items():
        name = page.relative_to(REPOSITORY).as_posix()
        for block in blocks(text):
            folder = "."
            for command in commands(f"```sh\n{block.text}```\n") if block.language == "sh" else []:
                for part in re.split(r" (?:&&|\|) ", command):
                    if part.startswith("cd "):
                        folder = part.removeprefix("cd ")
                    found.append((name, folder, part))
        for span in spans(text):
            found += [(name, ".", part) for part in re.split(r" (?:&&|\|) ", span) if " " in part]
    return found


def of_program(program: str) -> list[tuple[str, str, str]]:
    return [each for each in typed() if each[2].startswith(f"{program} ")]


@pytest.mark.parametrize(("page", "folder", "command"), of_program("tidemark"))
def test_tidemark_has_such_a_command(page: str, folder: str, command: str) -> None:
    _, name, *arguments = shlex.split(command)
    if arguments == ["MODEL", "FILE"]:
        return
    found = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    with click.Context(found) as context:
        found.parse_args(context, arguments)  # click's own errors say what is wrong
    if name == "predict":
        assert context.params["model"] in all_models()
    for predictor in context.params.get("predictors") or ():
        assert predictor in all_models()


def all_models() -> set[str]:
    return {
        name
        for file in (REPOSITORY / "pipelines").glob("*/params.yaml")
        for group in ("models", "finetuned")
        for name in params.read(file).get(group, {})
    }


@pytest.mark.parametrize(("page", "folder", "command"), of_program("dvc"))
def test_dvc_has_such_a_command(page: str, folder: str, command: str) -> None:
    words = shlex.split(command)[1:]
    if len(words) == 1 and words[0] in ("add", "plots"):  # mentioned, not to be typed
        return
    arguments = get_main_parser().parse_args(words)  # it exits where something is wrong
    for change in getattr(arguments, "set_param", None) or ():
        key, _, _ = change.partition("=")
        file, _, key = key.rpartition(":")
        node: Any = params.read(REPOSITORY / folder / (file or "params.yaml"))
        parts = key.split(".")
        if page == "docs/add-a-model.md":
            assert parts[1] in TEXTS[REPOSITORY / page]  # a model that the page adds
            continue
        for part in parts[:-1]:
            node = node[part]
        assert parts[-1] in node or parts[-2] in ("hyperparameters", "smoke", "laptop", "paper"), change
    for target in getattr(arguments, "targets", None) or ():
        file, _, stage = target.rpartition(":")
        if stage.endswith(".csv"):
            continue
        name, _, key = stage.partition("@")
        path = REPOSITORY / folder / (file or stage)
        assert path.exists(), target
        if file:
            group = YAML(typ="safe").load(path)["stages"][name]["foreach"].strip("${}")
            own = next(up for up in path.parents if (up / "params.yaml").exists()) / "params.yaml"
            assert key in params.read(own)[group], target


def test_every_command_of_tidemark_is_explained() -> None:
    docs = "".join(TEXTS.values())
    assert all(f"tidemark {name}" in docs for name in ENTRY)
    predict = typer.main.get_command(app).commands["predict"]  # type: ignore[attr-defined]
    page = TEXTS[REPOSITORY / "docs/predict.md"]
    options = {option for each in predict.params if isinstance(each, click.Option) for option in each.opts}
    assert {option for option in options if f"`{option}`" not in page} == {"--help"} & options


def test_make_has_such_targets() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    for target in set(re.findall(r"\bmake (\w+)(?=[` ]| {2}|$)", "".join(TEXTS.values()), re.MULTILINE)):
        if target in ("reproduce", "test", "clean"):
            assert f"\n{target}:" in makefile
    for target in ("make reproduce", "make test"):
        assert target in TEXTS[REPOSITORY / "README.md"]


def test_the_licence_and_the_citation_are_those_of_the_package() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    citation = YAML(typ="safe").load(REPOSITORY / "CITATION.cff")
    assert citation["cff-version"] == "1.2.0" and citation["type"] == "software"
    assert (citation["title"], citation["version"]) == ("tidemark", project["version"])
    assert citation["license"] == project["license"] == "MIT"
    assert [author["name"] for author in citation["authors"]] == [each["name"] for each in project["authors"]]
    (name,) = project["license-files"]
    assert (
        (REPOSITORY / name).read_text().startswith("MIT License\n\nCopyright (c) 2026 tidemark developers\n")
    )


def test_what_the_pipeline_makes_is_not_in_git_but_a_word_on_it_is() -> None:
    def ignored(path: str) -> bool:
        done = subprocess.run(
            ["git", "check-ignore", "--no-index", "--quiet", path], cwd=REPOSITORY, check=False
        )
        return done.returncode == 0

    for path in ("data/sine/fit", "data/recorded/pump.csv", "models/sine/sine-rnn", "plots/datasets/denoise/sine",
                 "plots/details/x", "plots/report.html", "dvc_plots/index.html", ".ckpt/sine-rnn"):  # fmt: skip
        assert ignored(path), path
    for path in ("data/README.md", "plots/README.md", "data/recorded/pump.csv.dvc", "metrics/denoise/sine.json",
                 "src/tidemark/denoise/models/recurrent.py", "docs/images/sine-free-examples.png"):  # fmt: skip
        assert not ignored(path), path

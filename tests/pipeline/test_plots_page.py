from __future__ import annotations

import math
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tidemark.core.errors import InputError
from tidemark.pipeline import plots_page

REPOSITORY = Path(__file__).parents[2]
TEMPLATES = {"curves", "position"}
HEADLINES = {"denoise": "l1", "forecast": "mse", "infer": "crps"}
TASKS = [*HEADLINES, "classify"]
"""The last one has no errors by position, and one dataset."""
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no network, whatever the machine has
    "--virtual-time-budget=10000", "--enable-logging=stderr", "--dump-dom",
]  # fmt: skip


def plots_of(task: str) -> dict[str, dict[str, Any]]:
    """A task's plots by name, as its dvc.yaml has them."""
    pipeline = YAML(typ="safe").load(REPOSITORY / "pipelines" / task / "dvc.yaml")
    return {name: plot for each in pipeline["plots"] for name, plot in each.items()}


@pytest.fixture
def plots(project: Callable[..., Path]) -> Path:
    """A project in Git with this repository's plots, of two datasets a task at most, and their tables."""
    folder = project("")
    for task in TASKS:
        section = {name: plot for name, plot in plots_of(task).items() if plot["template"] in TEMPLATES}
        assert {plot["template"] for plot in section.values()} == (
            TEMPLATES if task in HEADLINES else {"curves"}
        )
        for plot in section.values():
            plot["y"] = dict(list(plot["y"].items())[:2])
        pipeline = folder / "pipelines" / task / "dvc.yaml"
        pipeline.parent.mkdir(parents=True)
        YAML().dump({"plots": [{name: plot} for name, plot in section.items()]}, pipeline)
    shutil.copytree(REPOSITORY / ".dvc" / "plots", folder / ".dvc" / "plots")
    (folder / ".dvc" / "config").write_text("[core]\n    analytics = false\n")
    write_tables(folder, 1.0)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(folder)]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True)
    write_tables(folder, 0.5)
    return folder


def write_tables(folder: Path, size: float) -> None:
    """The curves and errors by position that the plots of `folder` name, of the form that stages write."""
    for pipeline in folder.glob("pipelines/*/dvc.yaml"):
        for each in YAML(typ="safe").load(pipeline)["plots"]:
            for plot in each.values():
                for file, column in plot["y"].items():
                    path = (pipeline.parent / file).resolve()
                    path.parent.mkdir(parents=True, exist_ok=True)
                    name = path.parent.name
                    curved = plot["template"] == "curves"
                    rows = curves(name, size) if curved else positions(name, column, size)
                    path.write_text("\n".join(rows) + "\n")


def losses(size: float) -> list[float]:
    return [size * math.exp(-number / 9) for number in range(50)]


def curves(dataset: str, size: float) -> list[str]:
    return ["dataset,model,step,split,loss"] + [
        f"{dataset},{dataset}-rnn,{number},{split},{loss}"
        for number, loss in enumerate(losses(size))
        for split in ("train", "validation")
    ]


def positions(dataset: str, headline: str, size: float) -> list[str]:
    return [f"dataset,predictor,kind,position,{headline}"] + [
        row
        for number, loss in enumerate(losses(size))
        for row in (
            f"{dataset},{dataset}-rnn,model,{number},{loss}",
            f"{dataset},{dataset}-raw,baseline,{number},{size}",
            f"{dataset},{dataset}-posterior,limit,{number},0",
        )
    ]


def opened(page: Path, profile: Path) -> tuple[str, list[str]]:
    """What a browser makes of a page, and what it says on its console."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no chromium here")
    done = subprocess.run(
        [chromium, *FLAGS, f"--user-data-dir={profile}", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.browser
@pytest.mark.pipeline
def test_plots_show_and_diff_draw_without_a_network(plots: Path, dvc: Callable[..., object]) -> None:
    plots_page.write_plots_page(plots)
    dvc(plots, "plots", "show", "-o", "show")
    dvc(plots, "plots", "diff", "HEAD", "-o", "diff")
    for name in ("show", "diff"):
        tree, console = opened(plots / name / "index.html", plots / f"profile-{name}")
        assert console == []
        sizes = re.findall(r'<svg[^>]*class="marks" width="(\d+)" height="(\d+)"', tree)
        assert len(sizes) == len(HEADLINES) * len(TEMPLATES) + 1
        assert all(int(width) > 400 and int(height) > 250 for width, height in sizes)
        two = [width for width, _ in sizes if int(width) > 700]  # of two datasets, side by side
        assert len(two) == len(HEADLINES) * len(TEMPLATES)
        lines = re.findall(r'aria-roledescription="line mark"', tree)
        # In each task two datasets: a training and a validation curve each, a model's and a baseline's error; the
        # limit of zero has no place on a logarithmic axis.
        both = len(HEADLINES) * 2 * (2 + 2) + 2
        assert len(lines) == both * (2 if name == "diff" else 1)


@pytest.mark.parametrize("task", TASKS)
def test_plots_name_the_table_of_every_dataset(task: str) -> None:
    datasets = YAML(typ="safe").load(REPOSITORY / "pipelines" / task / "params.yaml")["baselines"]
    for template, file in (("curves", "curves.csv"), ("position", "position.csv")):
        named = [list(plot["y"]) for plot in plots_of(task).values() if plot["template"] == template]
        expected = [f"../../plots/datasets/{task}/{dataset}/{file}" for dataset in datasets]
        assert named == ([expected] if template == "curves" or task in HEADLINES else [])


def test_the_page_loads_nothing() -> None:
    text = plots_page.page()
    assert not re.search(r"<(script|link)\b[^>]*\b(src|href)=", text)
    assert text.count("{plot_divs}") == 1
    assert text.count("</script>") == 1


def test_a_clone_keeps_the_setting_to_itself(project: Callable[..., Path], tmp_path: Path) -> None:
    folder = project("")
    committed = (folder / ".dvc" / "config").read_text()
    (folder / ".dvc" / "config.local").write_text("[core]\n    autostage = true\n")
    assert plots_page.write_plots_page(folder).is_file()
    plots_page.write_plots_page(folder)
    assert (folder / ".dvc" / "config").read_text() == committed
    local = (folder / ".dvc" / "config.local").read_text()
    assert local.count("html_template = plots-page.html") == 1
    assert "autostage" in local
    with pytest.raises(InputError, match=r"no folder \.dvc"):
        plots_page.write_plots_page(tmp_path)

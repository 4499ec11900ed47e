from __future__ import annotations

import math
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tidemark.core.errors import InputError
from tidemark.pipeline import plots_page

REPOSITORY = Path(__file__).parents[2]
TEMPLATES = {"curves", "position"}
HEADLINES = {"denoise": "l1", "forecast": "mse", "infer": "crps"}
WITHOUT_POSITIONS = "classify"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no network, whatever the machine has
    "--virtual-time-budget=10000", "--enable-logging=stderr", "--dump-dom",
]  # fmt: skip


@pytest.fixture
def plots(project: Callable[..., Path]) -> Path:
    """A project in Git with this repository's plots, and tables like the pipeline's."""
    pipeline = YAML(typ="safe").load(REPOSITORY / "dvc.yaml")
    section = [plot for plot in pipeline["plots"] if next(iter(plot.values())).get("template") in TEMPLATES]
    assert {next(iter(plot.values()))["template"] for plot in section} == TEMPLATES
    folder = project("")
    YAML().dump({"plots": section}, folder / "dvc.yaml")
    shutil.copytree(REPOSITORY / ".dvc" / "plots", folder / ".dvc" / "plots")
    (folder / ".dvc" / "config").write_text("[core]\n    analytics = false\n")
    write_tables(folder / "plots" / "compare", 1.0)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(folder)]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True)
    write_tables(folder / "plots" / "compare", 0.5)
    return folder


def write_tables(compare: Path, size: float) -> None:
    """Each task's curves and errors by position, of the form that `compare` writes."""
    for task, headline in HEADLINES.items():
        write_task(compare / task, headline, size)
    write_task(compare / WITHOUT_POSITIONS, "kappa", size)
    (compare / WITHOUT_POSITIONS / "position.csv").unlink()


def write_task(folder: Path, headline: str, size: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    curves = ["dataset,model,step,split,loss"]
    positions = [f"dataset,predictor,kind,position,{headline}"]
    for dataset in ("sine", "co2"):
        for number in range(50):
            loss = size * math.exp(-number / 9)
            curves += [
                f"{dataset},{dataset}-rnn,{number},{split},{loss}" for split in ("train", "validation")
            ]
            positions += [
                f"{dataset},{dataset}-rnn,model,{number},{loss}",
                f"{dataset},{dataset}-raw,baseline,{number},{size}",
                f"{dataset},{dataset}-posterior,limit,{number},0",
            ]
    (folder / "curves.csv").write_text("\n".join(curves) + "\n")
    (folder / "position.csv").write_text("\n".join(positions) + "\n")


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
        assert all(int(width) > 700 and int(height) > 250 for width, height in sizes)
        lines = re.findall(r'aria-roledescription="line mark"', tree)
        # In each task two datasets: a training and a validation curve each, a model's and a baseline's error; the
        # limit of zero has no place on a logarithmic axis.
        both = len(HEADLINES) * 2 * (2 + 2) + 2 * 2
        assert len(lines) == both * (2 if name == "diff" else 1)


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

"""The page on adding a task, followed to the letter: a fifth task of new files alone, from law to report."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from ruamel.yaml import YAML

from reproduction.conftest import Pipeline
from support.documents import REPOSITORY, blocks, follow, read, run

PAGE = read("docs/add-a-task.md")


@pytest.mark.pipeline
def test_who_follows_the_page_has_a_task(pipeline: Pipeline) -> None:
    said: dict[str, str] = {}
    for command in follow(PAGE, pipeline.folder):
        said[command] = run(command, pipeline.folder, pipeline.environment())
    changed = [
        line for line in pipeline.git("status", "--porcelain", "-uall").splitlines() if line[:2] != "??"
    ]
    assert changed == [" M dvc.lock"]  # files were added, none was edited
    assert pipeline.ran(said["dvc repro"]) == {
        "locate/generate@pulse",
        "locate/train@pulse-soft-argmax",
        "locate/evaluate@pulse",
        "locate/figures@pulse",
        "report",
    }
    scored = json.loads((pipeline.folder / "metrics/locate/pulse.json").read_text())
    kinds = {each["name"]: each["kind"] for each in scored["predictors"]}
    assert kinds == {
        "pulse-posterior": "limit",
        "pulse-matched-filter": "oracle",
        "pulse-peak": "baseline",
        "pulse-soft-argmax": "model",
    }
    for test in ("test", "quiet"):
        errors = {each["name"]: each["scores"][test]["mae"][0] for each in scored["predictors"]}
        best = errors["pulse-posterior"]
        assert best == min(errors.values()) and errors["pulse-matched-filter"] < errors["pulse-peak"]
        assert list(errors.values()) == sorted(errors.values())
        assert scored["predictors"][1]["times_limit"][test] == pytest.approx(list(errors.values())[1] / best)
    assert "pulse-matched-filter" in said["tidemark table"]
    report = (pipeline.folder / "plots/report.html").read_text()
    assert "A noisy signal with a pulse in it is the input" in report and "soft-argmax" in report
    package = str(pipeline.folder / "src/tidemark/locate")
    settings = ["--config", str(REPOSITORY / "pyproject.toml")]
    for check in (["check", "--no-cache", *settings], ["format", "--check", "--no-cache", *settings]):
        subprocess.run([sys.executable, "-m", "ruff", *check, package], check=True)


def test_stages_are_those_of_the_other_tasks() -> None:
    for name in ("dvc.yaml", "train/dvc.yaml"):
        theirs = YAML(typ="safe").load((REPOSITORY / "pipelines/denoise" / name).read_text())["stages"]
        page = next(block for block in blocks(PAGE) if f"pipelines/locate/{name}`" in block.before)
        ours = YAML(typ="safe").load(page.text.replace("locate", "denoise"))["stages"]
        assert ours == {stage: theirs[stage] for stage in ours}

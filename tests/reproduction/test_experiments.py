"""Experiments from the top and from a task's folder: the right pipeline, with the right parameter and code."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

pytestmark = pytest.mark.pipeline

FOLDER = "pipelines/denoise"
HIDDEN = "models.small.hyperparameters.hidden=3"
STAGES = {"denoise/train@small", "denoise/evaluate@sine", "denoise/figures@sine"}
PLACES = {"": (f"{FOLDER}/params.yaml:{HIDDEN}", STAGES | {"report"}), FOLDER: (HIDDEN, STAGES)}
"""By the folder that one is in: how the parameter is set there, and what is to run."""
PARAMETERS = 3 + 3 * 3 + 2 * 3 + (3 + 1)
"""Of a plain recurrent layer of 3 units with its two biases, and its readout."""


def zero_the_baseline(pipeline: Any) -> str:
    """Make the baseline `raw` estimate zero; returns its code as it was."""
    path = pipeline.folder / "src/tidemark/denoise/baselines/raw.py"
    before: str = path.read_text()
    path.write_text(before.replace("    return gaps", "    return 0 * gaps"))
    assert path.read_text() != before
    return before


def check_experiment(pipeline: Any, name: str, place: str) -> None:
    """Its commit has the parameter, scores by its own code, and what ran there alone."""
    commit = pipeline.git("for-each-ref", "--format=%(objectname)", f"refs/exps/*/*/{name}").strip()
    scores = pipeline.scores("denoise", "sine", commit)
    assert scores["small"]["parameters"] == PARAMETERS
    # An estimate of zero errs by the mean |sin| = 2/π, the noisy signal by half the noise's half-width.
    assert scores["sine-raw"]["scores"]["test"]["l1"][0] == pytest.approx(0.63, abs=0.02)
    locks = set(pipeline.git("diff", "--name-only", "HEAD", commit, "--", "*dvc.lock").split())
    assert locks == {f"{FOLDER}/dvc.lock", f"{FOLDER}/train/dvc.lock", *([] if place else ["dvc.lock"])}
    here = pipeline.scores("denoise", "sine")
    assert here["small"]["parameters"] != PARAMETERS
    assert here["sine-raw"]["scores"]["test"]["l1"][0] == pytest.approx(0.175, abs=0.01)


@pytest.mark.parametrize("place", PLACES, ids=["top", "folder"])
def test_in_the_workspace(pipeline: Any, place: str) -> None:
    parameter, stages = PLACES[place]
    output = pipeline.dvc("exp", "run", "--set-param", parameter, inside=place)
    assert pipeline.ran(output, place) == stages
    assert pipeline.scores("denoise", "sine")["small"]["parameters"] == PARAMETERS


def test_in_a_temporary_copy(pipeline: Any) -> None:
    zero_the_baseline(pipeline)
    pipeline.dvc("exp", "run", "--temp", "--name", "tried", "--set-param", PLACES[""][0])
    check_experiment(pipeline, "tried", "")


def test_from_the_queue(pipeline: Any) -> None:
    """Started in the folder where it was queued, as DVC runs the pipeline of the folder where a queue is started."""
    before = zero_the_baseline(pipeline)
    pipeline.dvc("exp", "run", "--queue", "--name", "queued", "--set-param", PLACES[FOLDER][0], inside=FOLDER)
    (pipeline.folder / "src/tidemark/denoise/baselines/raw.py").write_text(before)
    pipeline.dvc("queue", "start", inside=FOLDER)
    end = time.monotonic() + 300
    while "Success" not in (state := pipeline.dvc("queue", "status", inside=FOLDER)):
        assert "Failed" not in state, pipeline.dvc("queue", "logs", "queued", inside=FOLDER)
        assert time.monotonic() < end, state
        # Asking costs as much as a stage, and Git knows first.
        for _ in range(60):
            if pipeline.git("for-each-ref", "refs/exps/*/*/queued"):
                break
            time.sleep(0.5)
    pipeline.dvc("queue", "stop", "--kill", inside=FOLDER)
    check_experiment(pipeline, "queued", FOLDER)


def test_one_switch_changes_every_size_of_every_task(pipeline: Any) -> None:
    stages = (f"pipelines/{task}/train/dvc.yaml:train@{model}" for task, model in (("denoise", "small"), ("forecast", "ahead")))  # fmt: skip
    pipeline.dvc(
        "exp", "run", "--set-param", "scale=laptop", "pipelines/denoise/dvc.yaml:generate@sine", *stages
    )
    tests = json.loads((pipeline.folder / "data/sine/test/tests.json").read_text())
    assert tests["splits"] == {"test": 24}
    for model, steps in (("sine/small", 15), ("wave/ahead", 10)):
        curve = (pipeline.folder / f"models/{model}/curve.csv").read_text()
        assert curve.strip().splitlines()[-1].startswith(f"{steps},")

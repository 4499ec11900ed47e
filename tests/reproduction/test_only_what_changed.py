"""What runs again after a change, by DVC itself on a small copy of the pipeline."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.pipeline

TRAININGS = {"denoise/train@small", "denoise/train@other", "denoise/train@fresh"}
EVALUATIONS = {"denoise/evaluate@sine", "forecast/evaluate@wave"}
FIGURES = {"denoise/figures@sine", "forecast/figures@wave"}
RESULTS = {"denoise/evaluate@sine", "denoise/figures@sine", "report"}
ALL = {
    *("recorded", "report", "denoise/generate@sine", "forecast/window@wave", "forecast/train@ahead"),
    *(TRAININGS | EVALUATIONS | FIGURES),
}

# After a remark in a file nothing comes out otherwise, so these are all the stages that run. One of a task's
# files is code of that task's evaluation, which depends on its whole folder.
FILES = {
    "denoise/learning.py": TRAININGS | {"denoise/evaluate@sine"},
    "denoise/metrics.py": {"denoise/evaluate@sine"},
    "denoise/models/copied.py": {"denoise/train@other", "denoise/evaluate@sine"},
    "denoise/baselines/raw.py": {"denoise/evaluate@sine"},
    "denoise/limits/phase_posterior.py": {"denoise/evaluate@sine"},
    "denoise/figures/section.py": {"denoise/evaluate@sine", "denoise/figures@sine"},
    "forecast/windows.py": {"forecast/window@wave", "forecast/evaluate@wave"},
    "forecast/learning.py": {"forecast/train@ahead", "forecast/evaluate@wave"},
    "signals/dataset.py": {"denoise/generate@sine"},
    "signals/recordings/entry.py": {"forecast/window@wave"},
    "training/entry.py": TRAININGS | {"forecast/train@ahead"},
    "training/stored.py": TRAININGS | {"forecast/train@ahead"},
    "evaluation/entry.py": EVALUATIONS | FIGURES | {"report"},
    "report/figures/style.py": FIGURES | {"report"},
    "report/page/page.py": {"report"},
    "prediction/streaming.py": set(),
    "pipeline/check.py": set(),
    "cli.py": set(),
}


def test_no_change_no_stage(pipeline: Any) -> None:
    assert pipeline.repro() == set()
    assert pipeline.changed() == set()


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_the_package(pipeline: Any, file: str) -> None:
    pipeline.append(f"src/tidemark/{file}")
    assert pipeline.changed() == FILES[file]


def test_a_laws_file(pipeline: Any) -> None:
    """Its data are drawn anew; models learn anew that draw from it, not those of stored signals, the same again."""
    pipeline.append("src/tidemark/denoise/laws/sine.py")
    assert pipeline.repro() == {"denoise/generate@sine", "denoise/train@fresh", "denoise/evaluate@sine"}


def test_the_words_of_the_report(pipeline: Any) -> None:
    pipeline.append("src/tidemark/report/page/page.html.jinja", "<!-- a remark -->\n")
    assert pipeline.repro() == {"report"}


def test_published_scores(pipeline: Any) -> None:
    pipeline.append("pipelines/denoise/published.yaml", "# a remark\n")
    assert pipeline.changed() == {"denoise/figures@sine"}


def test_a_number_of_another_scale(pipeline: Any) -> None:
    def enlarge(tree: dict[str, Any]) -> None:
        for dataset in tree["datasets"].values():
            dataset["paper"]["train"] += 1
        tree["recipes"]["short"]["paper"]["steps"] += 1
        tree["recipes"]["short"]["laptop"]["seed"] = 1
        for model in tree["models"].values():
            model["paper"] = {"hyperparameters": {"layers": 2}}

    for task in ("denoise", "forecast"):
        pipeline.params(enlarge, task)
    assert pipeline.changed() == set()


def test_a_new_test_set_trains_nothing(pipeline: Any) -> None:
    def add(tree: dict[str, Any]) -> None:
        tree["datasets"]["sine"]["tests"] = {"louder": {"noise": 0.7}}

    pipeline.params(add, "denoise")
    assert pipeline.repro() == {"denoise/generate@sine"} | RESULTS
    scores = pipeline.scores("denoise", "sine")["sine-raw"]["scores"]
    # Uniform noise within ±h is h/2 on average.
    assert scores["test"]["l1"][0] == pytest.approx(0.175, abs=0.01)
    assert scores["louder"]["l1"][0] == pytest.approx(0.35, abs=0.02)


def test_a_setting_of_the_evaluation(pipeline: Any) -> None:
    pipeline.params(lambda tree: tree["evaluation"].update(resamples=60))
    assert pipeline.changed() == EVALUATIONS


def test_a_recipe(pipeline: Any) -> None:
    pipeline.params(lambda tree: tree["recipes"]["short"]["smoke"].update(steps=11), "denoise")
    assert pipeline.changed() == TRAININGS


def test_a_new_model(pipeline: Any) -> None:
    def add(tree: dict[str, Any]) -> None:
        tree["models"]["third"] = tree["models"]["small"] | {"smoke": {"seed": 1}}

    pipeline.params(add, "denoise")
    assert pipeline.repro() == {"denoise/train@third"} | RESULTS
    assert "third" in pipeline.scores("denoise", "sine")


def test_what_is_no_part_of_a_result(pipeline: Any) -> None:
    pipeline.params(lambda tree: tree["training"].update(checkpoint_seconds=5, tensorboard=True))
    assert pipeline.changed() == set()


def test_inside_a_tasks_folder_that_task_alone(pipeline: Any) -> None:
    for task, model in (("denoise", "small"), ("forecast", "ahead")):
        pipeline.params(
            lambda tree, name=model: tree["models"][name]["hyperparameters"].update(hidden=3), task
        )
    ran = pipeline.repro(inside="pipelines/denoise")
    assert ran == {"denoise/train@small", "denoise/evaluate@sine", "denoise/figures@sine"}
    assert pipeline.repro() == {
        "forecast/train@ahead",
        "forecast/evaluate@wave",
        "forecast/figures@wave",
        "report",
    }


def test_forcing_everything_changes_no_byte(pipeline: Any) -> None:
    locks = {path: path.read_text() for path in pipeline.folder.rglob("dvc.lock")}
    assert len(locks) == 5
    assert pipeline.repro("--force") == ALL
    assert {path: path.read_text() for path in locks} == locks


def test_all_files_of_one_task(pipeline: Any) -> None:
    for path in (pipeline.folder / "src/tidemark/denoise").rglob("*.py"):
        pipeline.append(str(path.relative_to(pipeline.folder)))
    assert {stage.partition("/")[0] for stage in pipeline.changed()} == {"denoise"}

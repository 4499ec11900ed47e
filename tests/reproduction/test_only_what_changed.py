"""What runs again after a change, by DVC itself on a small copy of the pipeline."""

from typing import Any

import pytest

pytestmark = pytest.mark.pipeline

SUMMARY = {"compare@denoise", "report"}


def test_no_change_no_stage(pipeline: Any) -> None:
    assert pipeline.repro() == set()


def test_one_models_parameter(pipeline: Any) -> None:
    pipeline.params(lambda tree: tree["models"]["small"]["hyperparameters"].update(hidden=3))
    ran = pipeline.repro()
    assert ran == {"train@small", "evaluate@small"} | SUMMARY


def test_an_architectures_file(pipeline: Any) -> None:
    pipeline.append("src/tidemark/models/denoise/copied.py", "\n# a remark\n")
    # The weights come out the same, so nothing is compared again.
    assert pipeline.repro() == {"train@other", "evaluate@other"}


def test_a_figures_file(pipeline: Any) -> None:
    pipeline.append("src/tidemark/figures/style.py", "\n# a remark\n")
    assert pipeline.repro() == {"report"}


def test_a_baselines_file(pipeline: Any) -> None:
    pipeline.append("src/tidemark/baselines/denoise/raw.py", "\n# a remark\n")
    assert pipeline.repro() == {"baseline@raw"}


def test_a_new_entry(pipeline: Any) -> None:
    def add(tree: dict[str, Any]) -> None:
        tree["models"]["third"] = dict(tree["models"]["small"], seed=1)

    pipeline.params(add)
    assert pipeline.repro() == {"train@third", "evaluate@third"} | SUMMARY


def test_how_often_resume_points_are_saved_is_no_reason_to_train(pipeline: Any) -> None:
    pipeline.params(lambda tree: tree["training"].update(checkpoint_seconds=5))
    assert pipeline.repro() == set()


def test_forcing_everything_changes_no_byte(pipeline: Any) -> None:
    before = (pipeline.folder / "dvc.lock").read_text()
    ran = pipeline.repro("--force")
    assert (
        ran >= {"generate@sine", "train@small", "train@other", "evaluate@small", "limit@posterior"} | SUMMARY
    )
    assert (pipeline.folder / "dvc.lock").read_text() == before

"""What `dvc plots` shows of confusion matrices: the template filled in as DVC does, and drawn."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import vl_convert
from sklearn.metrics import confusion_matrix

TEMPLATE = Path(__file__).parents[3] / ".dvc/plots/confusion_windows.json"
CLASSES = ["sit", "sleep", "walk"]


def filled(rows: list[dict[str, str]]) -> str:
    """The template with its anchors replaced."""
    text = TEMPLATE.read_text().replace('"<DVC_METRIC_DATA>"', json.dumps(rows))
    anchors = {
        "TITLE": "Confusion",
        "X": "predicted",
        "Y": "true",
        "X_LABEL": "predicted",
        "Y_LABEL": "annotated",
    }
    for anchor, value in anchors.items():
        text = text.replace(f"<DVC_METRIC_{anchor}>", value)
    assert "<DVC" not in text
    return text


def rows_of(counts: list[list[int]], **others: str) -> list[dict[str, str]]:
    """Rows of a table of windows as DVC reads them, all cells text, with what it adds."""
    return [
        {"test": "test", "true": true, "predicted": told, "windows": str(counts[i][j]), **others}
        for i, true in enumerate(CLASSES) for j, told in enumerate(CLASSES)
    ]  # fmt: skip


def drawn(rows: list[dict[str, str]]) -> list[str]:
    """All that is written in the picture."""
    return [
        text for text in re.findall(r"<text[^>]*>([^<]*)</text>", vl_convert.vegalite_to_svg(filled(rows)))
    ]


@pytest.mark.parametrize("revisions", [["workspace"], ["workspace", "HEAD"]])
def test_shares_are_of_the_true_class_of_one_predictor_and_revision(revisions: list[str]) -> None:
    random = np.random.default_rng(0)
    rows, wanted = [], []
    for predictor in ("net", "forest"):
        for smoothed in ("0", "1"):
            for revision in revisions:
                true, told = random.integers(0, 3, (2, 60))
                others = {
                    "rev": revision,
                    "filename": f"plots/datasets/classify/x/confusion_{predictor}.csv",
                    "smoothed": smoothed,
                }
                rows += rows_of(confusion_matrix(true, told).tolist(), **others)
                shares = confusion_matrix(true, told, normalize="true").ravel()
                wanted += [f"{100 * share:.0f}%" for share in shares if share >= 0.005]
    rows.append(rows[0] | {"test": "other", "windows": "1000000"})
    texts = drawn(rows)
    legend = {"0%", "20%", "40%", "60%", "80%", "100%"}
    assert sorted(text for text in texts if text.endswith("%") and text not in legend) == sorted(
        text for text in wanted if text not in legend
    )
    tail = [f", {revision}" for revision in revisions] if len(revisions) > 1 else [""]
    assert {
        f"{name}{way}{end}" for name in ("net", "forest") for way in ("", ", smoothed") for end in tail
    } <= {*texts}

"""dvc.lock in blocks says what it says as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tidemark.pipeline import lock_file
from tidemark.pipeline.plan import recorded_outputs

REPOSITORY = Path(__file__).parents[2]
TEXT = (REPOSITORY / "dvc.lock").read_text()
WHOLE = YAML(typ="safe").load(TEXT)["stages"]


def stages(text: str) -> lock_file.Stages:
    found = lock_file.blocks(text)
    assert found is not None
    return lock_file.Stages(found)


def test_all_blocks_together_are_the_file() -> None:
    found = stages(TEXT)
    assert lock_file.whole(found.blocks) == TEXT
    assert dict(found) == WHOLE and len(found) == len(WHOLE)


def test_a_block_is_parsed_when_it_is_asked_for() -> None:
    first, second, *_ = WHOLE
    text = TEXT.replace(f"  {second}:\n", f"  {second}:\n    - [\n", 1)
    found = stages(text)
    assert first in found and second in found and "none" not in found
    assert found[first] == WHOLE[first] and found.get("none", {}) == {}
    with pytest.raises(YAMLError):
        found[second]


@pytest.mark.parametrize(
    "text", ["", "schema: '2.0'\n", "# a comment\n" + TEXT, TEXT + "datasets:\n- name: x\n", TEXT[:-30]]
)
def test_another_form_is_not_taken_apart(text: str) -> None:
    assert lock_file.blocks(text) is None


def test_recorded_outputs_are_those_of_the_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY)
    for name in [*WHOLE][::20]:
        expected = {out["path"]: out["md5"] for out in WHOLE[name].get("outs", [])}
        assert recorded_outputs(name) == expected
    monkeypatch.chdir(tmp_path)
    assert recorded_outputs("train@none") == {}
    (tmp_path / "dvc.lock").write_text(TEXT[: TEXT.rindex("md5:")])  # another process is writing it
    first, *_, last = WHOLE
    assert recorded_outputs(first) == {out["path"]: out["md5"] for out in WHOLE[first]["outs"]}
    assert recorded_outputs(last) != {out["path"]: out["md5"] for out in WHOLE[last]["outs"]}

import pytest

from support.study_files import DICTIONARY, write, write_dictionary, write_participant
from tidemark.classify.studies.dictionary import read_dictionary
from tidemark.classify.studies.folder import participants
from tidemark.core.errors import InputError


def test_participants(tmp_path):
    write_dictionary(tmp_path)
    write_participant(tmp_path, "P010", 3)
    write_participant(tmp_path, "P002", 3)
    write(tmp_path / "Q1.csv", "x")
    write(tmp_path / "notes.csv", "x")
    write(tmp_path / "P3x.csv.gz", "x")
    found = participants(tmp_path, "wrist")
    assert list(found) == ["P002", "P010", "Q1"]
    assert found["P002"] == tmp_path / "P002.csv.gz"
    write(tmp_path / "P002.csv", "x")
    with pytest.raises(InputError, match=r"P002.csv.gz: participant P002 has P002.csv too"):
        participants(tmp_path, "wrist")


def test_no_participants(tmp_path):
    with pytest.raises(InputError, match=r"no such folder; .*dvc import-url.*studies.wrist.folder"):
        participants(tmp_path / "none", "wrist")
    with pytest.raises(InputError, match=r"no participant's recording; expected files such as P001.csv.gz"):
        participants(tmp_path, "wrist")


def test_dictionary(tmp_path):
    path = write_dictionary(tmp_path)
    few = read_dictionary(path, "Few")
    assert (few.classes, few.annotations) == (("move", "rest"), ("sitting", "sleeping", "walking"))
    assert few.label.tolist() == [1, 1, 0]
    assert [few.codes.get(text) for text in ("sleeping", "standing", "", "flying")] == [1, -1, -1, None]
    assert read_dictionary(path, "Many").classes == ("sit", "sleep", "stand", "walk")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, r"no such file; .* dictionary"),
        (
            DICTIONARY.replace("label:", "class:"),
            r"row 1: expected columns annotation and label:<scheme>, found ann",
        ),
        (DICTIONARY.replace(":Many", ":Most"), r"^labels = 'Many': .* has no such scheme; it has Few, Most"),
        (DICTIONARY + "walking,move,run\n", r"row 6: annotation 'walking' is there already"),
        (DICTIONARY + "running\n", r"row 6: 1 cells where the header has 3"),
        (
            "annotation,label:Many,label:Many\na,x,y\n",
            r"row 1: 2 columns are called 'label:Many'; rename all but one",
        ),
        ("annotation,annotation,label:Many\na,b,x\n", r"row 1: 2 columns are called 'annotation'"),
        ("annotation,label:Many\na,\n", r"no annotation has a label in column label:Many"),
    ],
)
def test_bad_dictionaries(tmp_path, text, message):
    path = tmp_path / "annotation-label-dictionary.csv"
    if text is not None:
        write(path, text)
    with pytest.raises(InputError, match=message):
        read_dictionary(path, "Many")

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.classify.spectrograms.split import split_of
from tidemark.classify.studies.entry import ParticipantSplit
from tidemark.core.errors import InputError

ALL = [f"P{number:03}" for number in range(1, 152)]


def parts_of(names, skipped=(), **split):
    return split_of(names, ParticipantSplit.model_validate(split), skipped)


def everyone(parts):
    return sorted(name for names in parts.values() for name in names)


def test_the_published_hold_out():
    parts = parts_of(ALL, test=["P101-P151"], validation=["P001", "P090-P100"])
    assert parts["test"] == ALL[100:]
    assert parts["validation"] == [ALL[0], *ALL[89:100]]
    assert parts["train"] == ALL[1:89]


@given(st.integers(3, 60), st.integers(3, 10), st.integers(0, 99))
def test_each_participant_is_for_testing_once(count, folds, seed):
    names = ALL[: max(count, folds)]
    tests = []
    for fold in range(folds):
        parts = parts_of(names, folds=folds, fold=fold, seed=seed)
        assert everyone(parts) == names
        following = parts_of(names, folds=folds, fold=(fold + 1) % folds, seed=seed)
        assert parts["validation"] == following["test"]
        tests += parts["test"]
    assert sorted(tests) == names


@given(st.integers(0, 99), st.integers(1, 5))
def test_validation_is_drawn_from_the_rest(seed, count):
    parts = parts_of(ALL[:20], test=["P003", "P010-P012"], validation=count, seed=seed)
    assert everyone(parts) == ALL[:20]
    assert len(parts["validation"]) == count
    left = parts["validation"][0]
    again = parts_of(
        [n for n in ALL[:20] if n != left], [left], test=["P003", "P010-P012"], validation=count, seed=seed
    )
    assert left not in everyone(again)
    assert set(parts["validation"]) - {left} <= set(again["validation"])


@pytest.mark.parametrize(
    ("names", "split", "message"),
    [
        (ALL[:3], {"test": ["P009"]}, r"split.test: 'P009' is no participant; there are P001, P002, P003"),
        (ALL[:3], {"test": ["P101-P151"]}, r"no participant in P101-P151"),
        (ALL[:3], {"test": ["P001"], "validation": ["P001"]}, r"P001 is for testing too"),
        (ALL[:3], {"test": ["P001"], "validation": 2}, r"no participant for train, of 3"),
        (ALL[:3], {"test": ["P001-P003"]}, r"no participant for train"),
        (ALL[:9], {"folds": 2}, r"no participant for train, .*use more folds"),
        (ALL[:2], {"folds": 5, "fold": 4}, r"no participant for"),
    ],
)
def test_splits_that_leave_a_part_empty(names, split, message):
    with pytest.raises(InputError, match=message):
        parts_of(names, **split)

from pathlib import Path

from tidemark.figures.lengths import lengths, ranges


def test_samples_of_a_signal_where_the_law_says(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(
        "datasets:\n"
        "  a: {law: {cycles: 4, samples_per_cycle: {laptop: 64, paper: 256}}}\n"
        "  b: {law: {length: 100}}\n"
    )
    assert lengths(path, "paper") == {"a": 1024}
    assert lengths(path, "laptop") == {"a": 256}
    assert lengths(path, "smoke") == {}


def test_pairs_are_ranges() -> None:
    assert ranges({"a": [3, 6], "b": 4, "c": None, "d": [1, 2, 3]}) == {"a": (3.0, 6.0)}

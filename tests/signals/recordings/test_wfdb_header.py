"""Headers of WFDB records: each word says what its place does, and sums of samples are held against them."""

import pytest

from tidemark.core.errors import InputError
from tidemark.signals.recordings.recording import read_recording


def test_wfdb_samples_that_do_not_have_the_checksum_of_their_header_are_refused(record):
    samples = record.with_suffix(".dat")
    content = bytearray(samples.read_bytes())
    content[401] ^= 16
    samples.write_bytes(content)
    read_recording(record, ["V5"])
    with pytest.raises(InputError, match=r"r100\.hea: signal 'MLII': its samples do not have the checksum"):
        read_recording(record, ["MLII"])


def test_wfdb_samples_without_a_checksum_are_read(record):
    name, *signals = record.read_text().splitlines()
    short = [" ".join(line.split()[:3]) for line in signals]
    record.write_text("\n".join([name, *short]) + "\n")
    assert read_recording(record, ["1"]).clean.shape == (1, 5 * 360)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("360 1800", "360 abc", 1),
        ("360 1800", "3x60 1800", 1),
        ("r100.dat 16 ", "r100.dat 16 2x", 2),
        ("/mV 16 0", "/mV 16 abc", 2),
        ("/mV 16 0", "/mV 1,6 0", 2),
        ("/mV 16 0", "/mV 16 +0", 2),
        ("360 1800", "3.6e2 1800", 1),
        pytest.param("360 1800", "360 " + "9" * 400, 1, id="more digits than floating point has"),
    ],
)
def test_a_word_that_the_library_would_leave_out_is_refused(record, old, new, line):
    text = record.read_text()
    assert old in text
    record.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match=rf"r100\.hea: line {line}: .* as WFDB has them"):
        read_recording(record, ["MLII"])


def test_a_wfdb_header_with_bytes_that_are_no_text_is_refused(record):
    record.write_bytes(record.read_bytes().replace(b"360 1800", b"3\xb760 1800"))
    with pytest.raises(InputError, match=r"r100\.hea: line 1: not text in UTF-8"):
        read_recording(record, ["MLII"])


@pytest.mark.parametrize("time", ["", " 12:30:00", " 0:30.5 01/02/2020", " 7"])
def test_a_wfdb_header_with_comments_and_a_time_is_read(record, time):
    name, rest = record.read_bytes().split(b"\n", 1)
    record.write_bytes(b"# caf\xe9\n\n" + name + time.encode() + b"\n" + rest + b"#end")
    assert read_recording(record, ["MLII"]).clean.shape == (1, 1800)

"""EDF and WFDB files, written by the libraries of these formats."""

from pathlib import Path

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.signals.recordings.formats import open_source
from tidemark.signals.recordings.recording import read_recording

edfio = pytest.importorskip("edfio", reason="the extra 'edf' is not installed")
wfdb = pytest.importorskip("wfdb", reason="the extra 'wfdb' is not installed")

SECONDS = 5


def _sine(rate: float, frequency: float = 3.0) -> np.ndarray:
    return np.sin(2 * np.pi * frequency * np.arange(round(SECONDS * rate)) / rate)


@pytest.fixture
def edf(tmp_path: Path) -> Path:
    signals = [
        edfio.EdfSignal(80 * _sine(256), 256, label="EEG Fpz-Cz", physical_dimension="uV"),
        edfio.EdfSignal(20 * _sine(256, 7), 256, label="EEG Pz-Oz", physical_dimension="uV"),
        edfio.EdfSignal(36 + _sine(1, 0.1), 1, label="Temp", physical_dimension="degC"),
    ]
    path = tmp_path / "night.edf"
    edfio.Edf(signals, annotations=[edfio.EdfAnnotation(1, None, "lights off")]).write(path)
    return path


def test_an_edf_signal_is_read_in_its_unit_at_its_rate(edf):
    read = read_recording(edf, ["EEG Pz-Oz"])
    assert read.sampling_rate == 256
    assert read.columns == ["EEG Pz-Oz"]
    np.testing.assert_allclose(read.clean[0], 20 * _sine(256, 7), atol=40 / 2**16)
    assert read_recording(edf, ["Temp"]).sampling_rate == 1
    with open_source(edf) as source:
        assert source.names == ["EEG Fpz-Cz", "EEG Pz-Oz", "Temp"]  # annotations are no signal
        assert source.units["Temp"] == "degC"


def test_a_bdf_signal_is_read_in_its_unit(tmp_path):
    signal = edfio.BdfSignal(80 * _sine(256), 256, label="A1", physical_dimension="uV")
    edfio.Bdf([signal]).write(tmp_path / "x.bdf")
    read = read_recording(tmp_path / "x.bdf")
    np.testing.assert_allclose(read.clean[0], 80 * _sine(256), atol=160 / 2**20)


def test_signals_of_different_rates_are_refused_together(edf):
    with pytest.raises(
        InputError, match=r"different rates \(EEG Fpz-Cz has 256, Temp has 1 samples a second"
    ):
        read_recording(edf, ["EEG Fpz-Cz", "Temp"])


def test_a_wfdb_record_is_what_its_library_reads(record):
    read = read_recording(record, ["V5", "MLII"])
    known = wfdb.rdrecord(str(record.with_suffix(""))).p_signal
    assert read.sampling_rate == 360
    np.testing.assert_array_equal(read.clean, known.T[::-1])
    with open_source(record) as source:
        assert (source.names, source.units["MLII"]) == (["MLII", "V5"], "mV")


def test_a_wfdb_value_that_was_not_recorded_is_missing(tmp_path):
    values = 1.2 * _sine(360)[:, None]
    values[7] = np.nan
    wfdb.wrsamp(
        "gap", fs=360, units=["mV"], sig_name=["I"], p_signal=values, fmt=["212"], write_dir=str(tmp_path)
    )
    read = read_recording(tmp_path / "gap.hea")
    assert np.flatnonzero(np.isnan(read.clean[0])).tolist() == [7]


def test_a_wfdb_signal_with_several_samples_a_frame_has_its_own_rate(tmp_path):
    signals = [_sine(100), _sine(400)]
    wfdb.wrsamp(
        "fast", fs=100, units=["mV", "V"], sig_name=["slow", "fast"], e_p_signal=signals,
        samps_per_frame=[1, 4], fmt=["16", "16"], write_dir=str(tmp_path),
    )  # fmt: skip
    read = read_recording(tmp_path / "fast.hea", ["fast"])
    assert read.sampling_rate == 400
    np.testing.assert_allclose(read.clean[0], signals[1], atol=1e-4)
    with pytest.raises(InputError, match="different rates"):
        read_recording(tmp_path / "fast.hea", ["slow", "fast"])


@pytest.fixture
def segments(tmp_path: Path) -> Path:
    """Two segments, the second without the first signal and before a gap, and headers of both layouts."""
    for name, count, names in (("s1", 900, ["I", "V5"]), ("s2", 500, ["I", "V5"]), ("s3", 500, ["V5"])):
        values = np.stack([np.cos(np.arange(count) / (7 + place)) for place in range(len(names))], axis=1)
        wfdb.wrsamp(
            name, fs=360, units=["mV"] * len(names), sig_name=names, p_signal=values,
            fmt=["16"] * len(names), write_dir=str(tmp_path),
        )  # fmt: skip
    (tmp_path / "fixed.hea").write_text("fixed/2 2 360 1400\ns1 900\ns2 500\n")
    (tmp_path / "gap.hea").write_text("gap/3 2 360 1500\ns1 900\n~ 100\ns2 500\n")
    signal = "~ 0 200 16 0 0 0 0"
    (tmp_path / "layout.hea").write_text(f"layout 2 360 0\n{signal} I\n{signal} V5\n")
    lines = "layout 0\ns1 900\n~ 100\ns3 500\n"
    (tmp_path / "variable.hea").write_text(f"variable/4 2 360 1500\n{lines}")
    return tmp_path


@pytest.mark.parametrize("name", ["fixed", "variable"])
def test_a_wfdb_record_of_segments_is_what_its_library_joins(segments, name):
    known = wfdb.rdrecord(str(segments / name)).p_signal
    read = read_recording(segments / f"{name}.hea", ["V5", "I"])
    np.testing.assert_array_equal(read.clean, known.T[::-1])
    assert read.sampling_rate == 360
    with open_source(segments / f"{name}.hea") as source:
        assert source.units == {"I": "mV", "V5": "mV"}


def test_a_gap_between_segments_is_missing(segments):
    parts = [wfdb.rdrecord(str(segments / name)).p_signal for name in ("s1", "s2")]
    gap = np.full((100, 2), np.nan)
    read = read_recording(segments / "gap.hea", ["I", "V5"])
    np.testing.assert_array_equal(read.clean.T, np.concatenate([parts[0], gap, parts[1]]))
    lacking = np.isnan(read_recording(segments / "variable.hea", ["I"]).clean[0])
    assert np.flatnonzero(lacking).tolist() == [*range(900, 1500)]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("s2.hea", "500", "400", "400 samples, but gap.hea has 500 of it"),
        ("s2.hea", " 360 ", " 250 ", "250 samples a second, the record 360"),
        ("s2.hea", "/mV", "/uV", "signal 'I' has 1 a frame in uV, in the record 1 a frame in mV"),
        ("s2.hea", " V5", " V6", "signals I, V6, the record has I, V5"),
        ("s2.hea", "s2.dat", "s9.dat", "s9.dat: no such file"),
        ("gap.hea", "gap/3 2 360 1500", "gap/3 2 100 1500", "360 samples a second, the record 100"),
    ],
)
def test_segments_that_do_not_fit_together_are_refused_in_a_line(segments, file, old, new, said):
    path = segments / file
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(InputError, match=said) as raised:
        read_recording(segments / "gap.hea", ["I"])
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("r100.dat", "../r100.dat"), "invalid syntax in signal line"),
        (lambda text: text.replace("r100.dat", "r101.dat"), "no such file"),
        (lambda text: text.replace(" 1800", " 999999999999"), "truncated"),
        (lambda text: text.replace("r100 2 360", "r100 9 360"), "2 signals described, 9 promised"),
        (lambda text: "r100/2 2 360 1800\nr100 900\nr100 900\n", "a segment of 2 segments"),
        (lambda text: "r100/2 2 360 1800\nr101 900\nr100 900\n", "r101.hea: no such file"),
        (lambda text: "r100/3 2 360 1800\n~ 900\n~ 900\n", "2 segments of 1800 samples described, 3 of"),
        (lambda text: "r100/2 2 360 1801\n~ 900\n~ 900\n", "2 segments of 1800 .* 2 of 1801 promised"),
        (lambda text: "r100/2 2 360 1800\n~ 900\n~ 900\n", "no samples"),
        (lambda text: "", "damaged"),
        (lambda text: "what is this\n", "line 1: .* no line of a record"),
        (lambda text: text.replace(".dat 16 ", ".dat 16x99999999 "), "truncated"),
        (lambda text: text.replace("r100 2 360", "r100 2 0"), "0 samples a second"),
    ],
)  # fmt: skip
def test_a_wfdb_header_that_is_wrong_is_refused_in_a_line(record, change, said):
    record.write_text(change(record.read_text()))
    with pytest.raises(InputError, match=said) as raised:
        read_recording(record, ["MLII"])
    assert "\n" not in str(raised.value)


def test_a_wfdb_record_whose_samples_end_early_is_refused(record):
    data = record.with_suffix(".dat")
    data.write_bytes(data.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"r100\.dat: truncated"):
        read_recording(record, ["MLII"])


def test_an_edf_file_that_ends_early_is_refused(edf):
    whole = edf.read_bytes()
    for length in (0, 100, 300, 1000, len(whole) - 700, len(whole) - 1):
        edf.write_bytes(whole[:length])
        with pytest.raises(InputError):
            read_recording(edf, ["Temp"])


@pytest.mark.parametrize("which", ["edf", "record", "segments"])
def test_any_byte_of_a_header_may_be_wrong(which, request):
    path = request.getfixturevalue(which)
    path = path / "variable.hea" if which == "segments" else path
    whole, random = path.read_bytes(), np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        content = bytearray(whole)
        for place in random.integers(0, min(len(whole), 1500), random.integers(1, 4)):
            content[place] = random.choice(list(b"0129-. /\xff\x00a"))
        path.write_bytes(content)
        try:
            with open_source(path) as source:
                list(source.batches([0]))
        except InputError as error:
            assert "\n" not in str(error)
            refused += 1
    assert refused > 10


def test_a_recording_beyond_the_limit_of_memory_is_refused_before_it_is_read(edf, record, monkeypatch):
    monkeypatch.setenv("TIDEMARK_MAX_MEMORY", "1000")
    for path, column in ((edf, "EEG Fpz-Cz"), (record, "MLII")):
        with pytest.raises(InputError, match="TIDEMARK_MAX_MEMORY"):
            read_recording(path, [column])


def test_an_edf_file_is_written_with_a_signal_replaced(edf, tmp_path):
    new = 3 * _sine(256)
    with open_source(edf) as source:
        writer = source.writer(tmp_path / "new.edf", [0], 1.0, False)
        for batch in source.batches([0]):
            writer.write(batch, {0: new[: len(batch)]})
        writer.close()
    written = edfio.read_edf(tmp_path / "new.edf")
    np.testing.assert_allclose(written.get_signal("EEG Fpz-Cz").data, new, atol=6 / 2**16)
    assert written.get_signal("EEG Fpz-Cz").physical_dimension == "uV"
    np.testing.assert_array_equal(
        written.get_signal("Temp").digital, edfio.read_edf(edf).get_signal("Temp").digital
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"EEG Fpz-Cz", b"EEG \x1b[1mCz", r"'EEG \\x1b\[1mCz' is no name of an EDF signal, .* 16 ASCII"),
        (b"uV      ", b"\xb5V      ", r"V' is no unit of an EDF signal, which has up to 8 ASCII"),
    ],
)
def test_a_signal_that_edf_cannot_name_is_not_written(edf, tmp_path, old, new, said):
    edf.write_bytes(edf.read_bytes().replace(old, new, 1))
    with open_source(edf) as source:
        writer = source.writer(tmp_path / "new.edf", [0], 1.0, False)
        for batch in source.batches([0]):
            writer.write(batch, {0: np.zeros(len(batch))})
        with pytest.raises(InputError, match=f"night.edf: .*{said} characters; rename it in the header"):
            writer.close()


def test_a_signal_of_more_digits_than_edf_has_is_not_written(edf, tmp_path):
    with open_source(edf) as source:
        writer = source.writer(tmp_path / "new.edf", [0], 1.0, False)
        for batch in source.batches([0]):
            writer.write(batch, {0: -10491031.0 * np.arange(len(batch))})
        with pytest.raises(InputError, match="cannot be written as EDF .* give the samples as CSV"):
            writer.close()


def test_a_missing_package_is_named_with_its_extra(edf, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "edfio", None)
    with pytest.raises(InputError, match=r"pip install 'tidemark-signals\[edf\]'"):
        read_recording(edf, ["Temp"])


def _edited(path: Path, place: int, text: str) -> Path:
    content = bytearray(path.read_bytes())
    content[place : place + len(text)] = text.encode()
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("lowest", ["nan     ", "inf     ", "abc     ", "        ", "1,5     ", "80      "])
def test_an_edf_signal_whose_range_is_none_is_not_read_as_it_is_stored(tmp_path, lowest):
    edfio.Edf([edfio.EdfSignal(80 * _sine(256), 256, physical_range=(-80, 80))]).write(tmp_path / "x.edf")
    # Of one signal: its name, the sensor's and its unit come first.
    path = _edited(tmp_path / "x.edf", 256 + 16 + 80 + 8, lowest)
    with pytest.raises(InputError, match="range of values"):
        read_recording(path)


@pytest.mark.parametrize("digital", ["nan     ", "1.5     ", "        ", "32767   "])
def test_an_edf_signal_whose_stored_range_is_none_is_refused(tmp_path, digital):
    edfio.Edf([edfio.EdfSignal(80 * _sine(256), 256)]).write(tmp_path / "x.edf")
    path = _edited(tmp_path / "x.edf", 256 + 16 + 80 + 3 * 8, digital)
    with pytest.raises(InputError, match="range of values"):
        read_recording(path)


@pytest.mark.parametrize("behind", [b"\0", b"\0" * 100])
def test_an_edf_file_with_bytes_behind_its_records_is_refused(edf, behind):
    edf.write_bytes(edf.read_bytes() + behind)
    with pytest.raises(InputError, match=f"{len(behind)} bytes behind 5 whole data records"):
        read_recording(edf, ["Temp"])


def test_an_edf_file_whose_header_is_said_to_be_longer_is_refused(edf):
    with pytest.raises(InputError, match="a header of 1282 bytes, where 4 signals take 1280"):
        read_recording(_edited(edf, 184, "1282    "), ["Temp"])


def test_an_edf_signal_may_be_upside_down(tmp_path):
    signal = edfio.EdfSignal(80 * _sine(256), 256, physical_range=(-80, 80))
    edfio.Edf([signal]).write(tmp_path / "x.edf")
    _edited(tmp_path / "x.edf", 256 + 16 + 80 + 8, "80      -80     ")
    np.testing.assert_allclose(read_recording(tmp_path / "x.edf").clean[0], -80 * _sine(256), atol=0.01)

import struct
from contextlib import closing

import numpy as np
import pytest
import soundfile

from tidemark.core.errors import InputError
from tidemark.signals.recordings import wav
from tidemark.signals.recordings.wav import WavSource


def pcm(samples, rate=8000, data_size=None, extra=b""):
    """A 16-bit mono WAV file, byte by byte, as the standard lays it out."""
    data = np.asarray(samples, dtype="<i2").tobytes()
    size = len(data) if data_size is None else data_size
    format_chunk = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    body = b"WAVE" + format_chunk + extra + struct.pack("<4sI", b"data", size) + data
    return struct.pack("<4sI", b"RIFF", min(len(body), 2**32 - 1)) + body


def samples_of(path):
    source = WavSource(path, "x.wav")
    return np.concatenate([batch.numbers(0) for batch in source.batches([0])]), source


def test_samples_and_rate(tmp_path):
    path = tmp_path / "x.wav"
    path.write_bytes(pcm([0, 16384, -32768, 1], extra=struct.pack("<4sI3sx", b"note", 3, b"abc")))
    samples, source = samples_of(path)
    np.testing.assert_array_equal(samples, [0, 0.5, -1, 1 / 32768])
    assert source.frequency == 8000
    assert source.names == ["0"]


def test_pieces_join_to_the_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(wav, "BATCH_VALUES", 1000)
    expected = np.random.default_rng(0).uniform(-1, 1, (5003, 2))
    soundfile.write(tmp_path / "x.wav", expected, 44100, subtype="DOUBLE")
    source = WavSource(tmp_path / "x.wav", "x.wav")
    batches = list(source.batches([0, 1]))
    assert len(batches) == 11
    np.testing.assert_array_equal(np.concatenate([b.numbers(1) for b in batches]), expected[:, 1])


def test_a_piped_recording_whose_length_was_not_filled_in(tmp_path):
    (tmp_path / "x.wav").write_bytes(pcm([1, 2, 3], data_size=0xFFFFFFFF))
    np.testing.assert_array_equal(samples_of(tmp_path / "x.wav")[0], np.array([1, 2, 3]) / 32768)


def test_samples_in_two_places_are_refused_and_other_chunks_behind_them_are_not(tmp_path):
    path, whole = tmp_path / "x.wav", pcm([1, 2, 3, 4])
    path.write_bytes(whole + struct.pack("<4sI4s", b"LIST", 4, b"data"))
    np.testing.assert_array_equal(samples_of(path)[0], np.array([1, 2, 3, 4]) / 32768)
    path.write_bytes(
        whole + struct.pack("<4sI3sx", b"note", 3, b"abc") + struct.pack("<4sI2s", b"data", 2, b"xx")
    )
    with pytest.raises(InputError, match=r"x\.wav: samples in two places; convert"):
        WavSource(path, "x.wav")


def test_the_time_of_day_is_not_in_a_file_of_floats(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.linspace(-1, 1, 50), 8000, subtype="FLOAT")
    source = WavSource(tmp_path / "x.wav", "x.wav")
    with closing(source.writer(tmp_path / "y.wav", [0], 1.0, False)) as writer:
        for batch in source.batches([0]):
            writer.write(batch, {})
    written = (tmp_path / "y.wav").read_bytes()
    place = written.index(b"PEAK")
    assert struct.unpack("<IIIf", written[place + 4 : place + 20]) == (
        16,
        1,
        0,
        1.0,
    )  # size, version, time, peak
    np.testing.assert_array_equal(*(soundfile.read(tmp_path / name)[0] for name in ("x.wav", "y.wav")))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_estimates_become_whole_numbers_of_16_bits(tmp_path, kind):
    """Read without loss in half the space, rounded to the nearest, to even in the middle, and clipped."""
    (tmp_path / "x.wav").write_bytes(pcm([-32768, 32767, 1, 0, 0, 0, 0, 0]))
    source = WavSource(tmp_path / "x.wav", "x.wav")
    (batch,) = source.batches([0])
    samples = batch.samples_of([0])
    assert samples.dtype == np.float32
    np.testing.assert_array_equal(samples, batch.numbers_of([0]))
    scaled = [32767.5, -32768.5, 0.5, 1.5, -2.5, 1e37, -1e37, 12345.4]
    with closing(source.writer(tmp_path / "y.wav", [0], 1.0, False)) as writer:
        writer.write(batch, {0: (np.array(scaled) / 32768).astype(kind)})
    written, _ = soundfile.read(tmp_path / "y.wav", dtype="int16")
    assert written.tolist() == [32767, -32768, 0, 2, -2, 32767, -32768, 12345]


def test_truncated(tmp_path):
    path = tmp_path / "x.wav"
    path.write_bytes(pcm(np.zeros(1000))[:-501])
    assert len(soundfile.read(path)[0]) < 1000  # the library says nothing
    with pytest.raises(
        InputError, match=r"x\.wav: truncated: the header promises 1000 frames, there are 749; copy"
    ):
        WavSource(path, "x.wav")


def test_truncated_before_the_samples(tmp_path):
    (tmp_path / "x.wav").write_bytes(pcm([1])[:38])
    with pytest.raises(InputError, match=r"x\.wav: truncated: the file ends before its samples"):
        WavSource(tmp_path / "x.wav", "x.wav")


@pytest.mark.parametrize("content", [b"", b"ID3 an mp3 perhaps", b"RIFF\0\0\0\0AVI "])
def test_not_a_wav(tmp_path, content):
    (tmp_path / "x.wav").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.wav: not a WAV file"):
        WavSource(tmp_path / "x.wav", "x.wav")


def test_a_codec_whose_samples_can_be_read_once_alone_is_refused(tmp_path):
    whole = bytearray(pcm([1, 2, 3, 4] * 100))
    whole[20:22] = struct.pack("<H", 0x40)  # G.721
    (tmp_path / "x.wav").write_bytes(whole)
    with pytest.raises(InputError, match=r"x\.wav: not a WAV file that can be read \(samples as G721_32\)"):
        WavSource(tmp_path / "x.wav", "x.wav")


@pytest.mark.parametrize("behind", [False, True])
def test_a_file_that_says_twice_what_its_samples_are_is_refused(tmp_path, behind):
    again = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 100, 100, 1, 8)
    (tmp_path / "x.wav").write_bytes(pcm([1, 2, 3], extra=b"" if behind else again) + again * behind)
    with pytest.raises(InputError, match=r"x\.wav: says 2 times what its samples are"):
        WavSource(tmp_path / "x.wav", "x.wav")


def test_no_samples(tmp_path):
    (tmp_path / "x.wav").write_bytes(pcm([]))
    with pytest.raises(InputError, match=r"x\.wav: no samples"):
        WavSource(tmp_path / "x.wav", "x.wav")


def plain(data: bytes, bits: int, channels: int) -> bytes:
    frame = channels * bits // 8
    header = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, 8000, 8000 * frame, frame, bits)
    body = b"WAVE" + header + struct.pack("<4sI", b"data", len(data)) + data
    return struct.pack("<4sI", b"RIFF", len(body)) + body


@pytest.mark.parametrize(("size", "bits", "channels"), [(7, 16, 1), (10, 16, 2), (11, 24, 1), (25, 32, 2)])
def test_a_last_frame_that_is_cut_short_is_refused(tmp_path, size, bits, channels):
    (tmp_path / "x.wav").write_bytes(plain(bytes(size), bits, channels))
    with pytest.raises(InputError, match=f"truncated: {size} bytes of samples"):
        WavSource(tmp_path / "x.wav", "x.wav")


def test_a_byte_of_padding_may_be_counted_with_the_samples(tmp_path):
    (tmp_path / "x.wav").write_bytes(plain(bytes(10), 24, 1))  # three frames of three bytes
    assert len(samples_of(tmp_path / "x.wav")[0]) == 3

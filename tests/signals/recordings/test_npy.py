import pickle
from contextlib import closing

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.signals.recordings import npy
from tidemark.signals.recordings.npy import NpySource


class Bomb:
    """Unpickling it would raise: no reader may try."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('unpickled')",))


@pytest.mark.parametrize("dtype", ["<f4", ">f4", ">f8", "<f2", "<i4", "<i2", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_pieces_join_to_the_whole(tmp_path, monkeypatch, dtype, order):
    monkeypatch.setattr(npy, "BATCH_VALUES", 100)
    array = np.asarray(np.random.default_rng(0).integers(0, 100, (3, 257)).astype(dtype), order=order)
    np.save(tmp_path / "x.npy", array)
    with closing(NpySource(tmp_path / "x.npy", "x.npy")) as source:
        assert source.names == ["0", "1", "2"]
        batches = list(source.batches([2, 0]))
    assert len(batches) > 3
    for channel in (0, 2):
        whole = np.concatenate([batch.numbers(channel) for batch in batches])
        np.testing.assert_array_equal(whole, array[channel].astype(float))
    narrow = np.concatenate([batch.samples_of([2, 0]) for batch in batches], axis=1)
    assert narrow.dtype == (np.float64 if dtype in (">f8", "<i4") else np.float32)
    np.testing.assert_array_equal(narrow, array[[2, 0]].astype(float))


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("(4611686018427387905,)", "truncated: an array of shape"),  # times 8 it is 8 in 64 bits
        ("(4294967297, 4294967296)", "truncated: an array of shape"),
        ("(-1,)", "array of shape (-1,): no sizes"),
        ("(-2, -4)", "array of shape (-2, -4): no sizes"),
        ("(True,)", "array of shape (True,): no sizes"),
        ("(3,, ", "not an NPY file of numbers"),
        ("(3", "not an NPY file of numbers"),
        ("(" * 300, "not an NPY file of numbers"),
    ],
)
def test_headers_of_no_array(tmp_path, shape, said):
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    path = tmp_path / "x.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(64))
    with pytest.raises(InputError) as error:
        NpySource(path, "x.npy")
    assert str(error.value).startswith(f"x.npy: {said}")


@pytest.mark.parametrize("descr", ["('O',)", "('<f8',)", "[[]]"])
def test_types_of_no_array(tmp_path, descr):
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': (4,), }}\n".encode()
    path = tmp_path / "x.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(64))
    with pytest.raises(InputError, match=r"^x.npy: not an NPY file of numbers"):
        NpySource(path, "x.npy")


@pytest.mark.parametrize("dtype", ["<f2", ">f4", "<f8", "<f16", ">f16"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_floats_are_written_in_the_type_they_have(tmp_path, dtype, order):
    array = np.asarray(np.arange(12).reshape(3, 4).astype(dtype), order=order)
    np.save(tmp_path / "x.npy", array)
    source = NpySource(tmp_path / "x.npy", "x.npy")
    with closing(source), closing(source.writer(tmp_path / "y.npy", [1], 1.0, False)) as writer:
        for batch in source.batches([0, 1, 2]):
            writer.write(batch, {1: batch.numbers(1) + 0.5})
    written = np.load(tmp_path / "y.npy")
    assert written.dtype == array.dtype
    np.testing.assert_array_equal(written, array + np.array([[0], [0.5], [0]]))


def test_a_flat_array_is_one_channel(tmp_path):
    np.save(tmp_path / "x.npy", np.array([1.0, np.nan, 3.0]))
    with closing(NpySource(tmp_path / "x.npy", "x.npy")) as source:
        assert source.names == ["0"]
        np.testing.assert_array_equal(next(source.batches([0])).numbers(0), [1, np.nan, 3])


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.array([Bomb()], dtype=object), "x.npy: holds pickled Python objects, never loaded"),
        (np.zeros((2, 3, 4)), "x.npy: array of shape (2, 3, 4); expected (samples,) or (channels, samples)"),
        (np.float64(1), "x.npy: array of shape (); expected"),
        (np.zeros((2, 0)), "x.npy: no samples: array of shape (2, 0)"),
        (np.zeros(3, dtype=complex), "x.npy: values of type complex128; expected real numbers"),
        (np.array(["a"]), "x.npy: values of type <U1; expected real numbers"),
        (np.zeros(3, dtype=bool), "x.npy: values of type bool"),
        (np.zeros(3, dtype=[("a", "f8")]), "x.npy: values of type [('a', '<f8')]"),
    ],
)
def test_arrays_that_are_no_signal(tmp_path, array, message):
    np.save(tmp_path / "x.npy", array, allow_pickle=True)
    with pytest.raises(InputError) as error:
        NpySource(tmp_path / "x.npy", "x.npy")
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("content", [b"", b"text", pickle.dumps(Bomb()), b"\x93NUMPY\x01\x00\xff\xffcut"])
def test_not_an_npy_file(tmp_path, content):
    (tmp_path / "x.npy").write_bytes(content)
    with pytest.raises(InputError, match=r"x.npy: not an NPY file of numbers \(.+\); use numpy.save"):
        NpySource(tmp_path / "x.npy", "x.npy")


def test_truncated(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros(100))
    content = (tmp_path / "x.npy").read_bytes()
    (tmp_path / "x.npy").write_bytes(content[:-1])
    with pytest.raises(
        InputError, match=r"x.npy: truncated: an array of shape \(100,\) takes 928 bytes.* has 927"
    ):
        NpySource(tmp_path / "x.npy", "x.npy")

"""Windows that were cut elsewhere: X.npy, Y.npy, T.npy and pid.npy, as CAPTURE-24's tutorials write them.

Acceleration (windows, samples, 3), annotation, time of the first sample and participant (windows,) each. What
holds for a window of a recording holds for these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.classify.studies.checks import GRAVITY, check_unit, shown
from tidemark.classify.studies.dictionary import Dictionary
from tidemark.classify.studies.entry import StudyEntry
from tidemark.classify.studies.folder import FILE, NAME
from tidemark.classify.studies.windows import MISSING, UNANNOTATED, Windows
from tidemark.core.errors import InputError
from tidemark.core.store import Array

SIGNAL, ANNOTATION, TIME, PARTICIPANT = FILES = ("X.npy", "Y.npy", "T.npy", "pid.npy")
KINDS = {SIGNAL: "fiu", ANNOTATION: "US", TIME: "M", PARTICIPANT: "US"}
"""Types that an array may have, by the letters of NumPy's `dtype.kind`."""
HINTS = {
    SIGNAL: "numbers, such as X.astype('float32')",
    ANNOTATION: "strings: np.save('Y.npy', Y.astype(str))",
    TIME: "times: np.save('T.npy', T.astype('datetime64[ns]'))",
    PARTICIPANT: "strings: np.save('pid.npy', pid.astype(str))",
}
HEADERS: Mapping[tuple[int, int], Any] = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
"""What reads a file's header, by version of the format."""
CHUNK = 256
"""Windows read at once."""
ROUNDING = 1e-3
"""Share of a window by which a time may be early."""
Arrays = Mapping[str, Array]


def is_extracted(folder: Path) -> bool:
    """Whether a study's folder has windows rather than recordings."""
    return (folder / SIGNAL).exists()


def read(folder: Path, entry: StudyEntry) -> Arrays:
    """The memory-mapped arrays of a folder, by file.

    Raises `InputError`, naming the file, where one is missing, has Python objects or another shape or type
    than it should, or where they are not of the same windows.
    """
    arrays = {file: _load(folder / file) for file in FILES}
    signal, path = arrays[SIGNAL], folder / SIGNAL
    if signal.ndim != 3 or signal.shape[2] != 3:
        raise InputError(f"{path}: an array {signal.shape}; expected (windows, samples, 3): transpose it")
    if signal.shape[1] != entry.samples:
        raise InputError(
            f"{path}: windows of {signal.shape[1]} samples; window = {entry.window:g} s at sampling_rate = "
            f"{entry.sampling_rate:g} are {entry.samples}; set these to what they are"
        )
    for file in FILES[1:]:
        if arrays[file].shape != signal.shape[:1]:
            raise InputError(
                f"{folder / file}: an array {arrays[file].shape} for {len(signal)} windows of {SIGNAL}; "
                f"expected ({len(signal)},), one for each"
            )
    if not len(signal):
        raise InputError(f"{path}: no window in it; expected one at least")
    return arrays


def participants(folder: Path, arrays: Arrays) -> dict[str, Path]:
    """The folder by participant, in order of their names.

    Raises `InputError` for what is no name, and where there are recordings too.
    """
    if both := sorted(path.name for path in folder.iterdir() if FILE.fullmatch(path.name)):
        raise InputError(f"{folder}: windows in {SIGNAL} and the recording {both[0]} too; keep one of them")
    names, first = np.unique(arrays[PARTICIPANT], return_index=True)
    result = {}
    for name, window in sorted(zip(map(_text, names.tolist()), first.tolist(), strict=True)):
        if NAME.fullmatch(name) is None:
            raise InputError(
                f"{folder / PARTICIPANT}: window {window}: {name[:80]!r} is no participant's name; expected "
                "a letter and digits, such as P001"
            )
        result[name] = folder
    return result


def fingerprint(arrays: Arrays, participant: str) -> str:
    """SHA-256 of all that there is of a participant."""
    digest = hashlib.sha256()
    places = _places(arrays, participant)
    for file, array in arrays.items():
        digest.update(f"{file}\0{array.dtype.str}\0".encode())
        for start in range(0, len(places), CHUNK):
            digest.update(array[places[start : start + CHUNK]].tobytes())
    return digest.hexdigest()


def windows_of(folder: Path, participant: str, dictionary: Dictionary, entry: StudyEntry) -> Windows:
    """A participant's windows, without those that lack a value or an annotation.

    Raises `InputError`, naming file and window (counted from 0), where an annotation is unknown, times do not
    rise or overlap more than the entry says, the unit is another one, or no window is left.
    """
    arrays = read(folder, entry)
    places = _places(arrays, participant)
    time = arrays[TIME][places].astype("datetime64[ns]")
    if (unknown := np.isnat(time)).any():
        raise InputError(f"{folder / TIME}: window {places[unknown][0]}: no time; expected one for each")
    nanoseconds = time.astype(np.int64)
    _check_order(folder / TIME, places, nanoseconds, entry)
    code = _codes(folder / ANNOTATION, places, arrays[ANNOTATION][places], dictionary)
    signal = np.asarray(arrays[SIGNAL][places].transpose(0, 2, 1), dtype=np.float32)  # (windows, 3, samples)
    path = folder / SIGNAL
    if np.isinf(signal).any():
        window = places[np.isinf(signal).any((1, 2))][0]
        raise InputError(f"{path}: window {window}: an infinite value; write NaN where a value is missing")
    check_unit(f"{path}: {participant}", signal.transpose(1, 0, 2).reshape(3, -1), entry.units)
    gaps = np.isnan(signal).any((1, 2))
    bare = ~gaps & (code < 0)
    kept = ~gaps & ~bare
    dropped = {MISSING: int(gaps.sum()), UNANNOTATED: int(bare.sum())}
    if not kept.any():
        reasons = ", ".join(f"{reason} in {number}" for reason, number in dropped.items() if number)
        raise InputError(f"{path}: {participant}: no valid window ({reasons}); leave this participant out")
    scale = np.float32(GRAVITY if entry.units == "m/s2" else 1)
    return Windows(
        np.ascontiguousarray(signal[kept] / scale),
        nanoseconds[kept],
        dictionary.label[code[kept]],
        {reason: number for reason, number in dropped.items() if number},
    )


def _load(path: Path) -> Array:
    """A memory-mapped array; raises `InputError` for a file that is none, or has another type of values."""
    hint = HINTS[path.name]
    try:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            dtype = HEADERS[version](file)[2]
        if dtype.hasobject:
            raise InputError(f"{path}: pickled Python objects, which are not read; save it as {hint}")
        array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file; a study of windows has {', '.join(FILES[:3])} and {PARTICIPANT}"
        ) from None
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"{path}: not a whole NPY file ({error}); save it anew as {hint}") from None
    if array.dtype.kind not in KINDS[path.name]:
        raise InputError(f"{path}: values of type {array.dtype}; save it as {hint}")
    return array


def _places(arrays: Arrays, participant: str) -> Array:
    names = arrays[PARTICIPANT]
    return np.flatnonzero(names == (participant.encode() if names.dtype.kind == "S" else participant))


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _check_order(path: Path, places: Array, time: Array, entry: StudyEntry) -> None:
    """Raise `InputError` unless each window begins no earlier than the one before and the overlap allow."""
    steps = np.diff(time)
    apart = max(1, round(entry.samples * (1 - entry.overlap))) / entry.sampling_rate * 1e9
    early = steps < apart * (1 - ROUNDING)
    if not early.any():
        return
    index = int(early.argmax()) + 1
    where, step = f"{path}: window {places[index]}: {shown(time[index])}", steps[index - 1]
    before = f"window {places[index - 1]} of the same participant"
    if step <= 0:
        raise InputError(f"{where} is no later than {before}; sort windows by time, and keep each once")
    raise InputError(
        f"{where} is {step / 1e9:g} s after {before}, where {apart / 1e9:g} s is expected; "
        "set overlap or window"
    )


def _codes(path: Path, places: Array, annotations: Array, dictionary: Dictionary) -> Array:
    """Code of each annotation (windows,), -1 where there is none."""
    texts, index = np.unique(annotations, return_inverse=True)
    codes = [dictionary.codes.get(_text(text)) for text in texts.tolist()]
    if None in codes:
        unknown = codes.index(None)
        window = places[int((index == unknown).argmax())]
        raise InputError(
            f"{path}: window {window}: annotation {_text(texts[unknown])[:80]!r} is not in "
            f"{dictionary.name}; add it there, or fix it here"
        )
    return np.array(codes, dtype=np.int64)[index]

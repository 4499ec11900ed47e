"""What a participant's windows depend on, as one hash."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tidemark.classify.studies.entry import StudyEntry

KEYS = ("labels", "sampling_rate", "units", "window", "overlap")
"""Keys of a study's entry that its windows depend on."""


def of_file(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_code() -> str:
    """SHA-256 of the code of this room."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def of_windows(source: str, dictionary: Path, entry: StudyEntry, code: str) -> str:
    """SHA-256 of that of a participant's data, the dictionary, what the entry says of windows, the code."""
    content = {
        "source": source,
        "dictionary": of_file(dictionary),
        "entry": {key: getattr(entry, key) for key in KEYS},
        "code": code,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

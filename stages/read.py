"""Read a recording from a user's file."""

from pathlib import Path

from tidemark.core import command, params, store
from tidemark.recordings.recording import read_recording


def read(name: str, file: Path, recording: Path) -> None:
    """Read recording NAME from FILE and write its samples to RECORDING."""
    entry = params.entry_of(params.load().recordings, name, "recordings")
    found = read_recording(
        file,
        columns=entry.columns,
        noisy_columns=entry.noisy_columns,
        time_column=entry.time_column,
        sampling_rate=entry.sampling_rate,
        rate_unit=entry.rate_unit,
    )
    arrays = {"clean": found.clean} | ({} if found.noisy is None else {"noisy": found.noisy})
    store.write_recording(recording, arrays, found.sampling_rate)


if __name__ == "__main__":
    command.run(read)

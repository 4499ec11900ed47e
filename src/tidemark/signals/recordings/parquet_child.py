"""Reads a Parquet file in a process of its own, and passes on what is in it as an Arrow stream.

The library that decodes Parquet ends its whole process at some damaged files, or asks for any memory that the
file tells it to: here, that ends this process, and whoever reads the stream says so in a line.

Run: python parquet_child.py FILE VALUES MEMORY: values of a batch, about, and bytes of memory beside what the
program takes. First a line of JSON comes, then the stream; batches end where a row group ends.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import BinaryIO

if __name__ == "__main__":
    # Arrow does without these, which take two thirds of the time in which it is imported.
    for name in ("numpy", "cloudpickle", "pyarrow._s3fs", "pyarrow._azurefs", "pyarrow._gcsfs"):
        sys.modules[name] = None  # type: ignore[assignment]

import pyarrow as pa
import pyarrow.parquet as pq

BUFFER_BYTES = 2**18
FEWEST = 1024
"""Rows of a batch, unless there are many columns …"""
MOST_VALUES = 2**23
"""… with so many values in all."""
PASSED_BYTES = 2**24
"""Of rows that are passed on together, about: a few bytes in a file can stand for long texts."""
REFUSED = 3
"""Exit status where the reason is on standard error."""


def main(path: str, values: int, memory: int) -> None:
    """Write the file's facts, then its rows, to standard output."""
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (in_use + memory, in_use + memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            copy(path, values, out)
        except BrokenPipeError:
            pass  # nobody reads on
        except (pa.ArrowException, OSError, MemoryError, ValueError, NotImplementedError) as error:
            print(" ".join(str(error).split())[:120] or type(error).__name__, file=sys.stderr)
            raise SystemExit(REFUSED) from None


def copy(path: str, values: int, out: BinaryIO) -> None:
    """Write what a file says of itself, and its rows, into a stream."""
    # Otherwise a row group's columns are read whole. Checksums are there only where the writer was told to.
    with pq.ParquetFile(
        path, buffer_size=BUFFER_BYTES, pre_buffer=False, page_checksum_verification=True
    ) as file:
        schema, groups = file.schema_arrow, file.metadata.num_row_groups
        first = file.metadata.row_group(0) if groups else None
        parts = [] if first is None else [first.column(each) for each in range(first.num_columns)]
        facts = {
            "rows": file.metadata.num_rows,
            "columns": len(schema.names),
            "compression": {part.path_in_schema: part.compression for part in parts},
        }
        out.write(json.dumps(facts).encode() + b"\n")
        out.flush()
        columns = max(1, len(schema.names))
        size = max(1, min(FEWEST, MOST_VALUES // columns), values // columns)
        with pa.ipc.new_stream(out, schema) as stream:
            for group in range(groups):
                for batch in file.iter_batches(batch_size=size, row_groups=[group], use_threads=False):
                    step = max(1, PASSED_BYTES * batch.num_rows // max(1, batch.nbytes))
                    for start in range(0, batch.num_rows, step):
                        stream.write_batch(batch.slice(start, step))
                        out.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

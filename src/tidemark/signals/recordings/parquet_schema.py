"""Schemas of Parquet files with some of their columns or others, and pandas' own note of types with them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa


def with_doubles(schema: pa.Schema, columns: Sequence[int]) -> pa.Schema:
    """The schema with `columns` as double unless they are floating, in pandas' own note as well."""
    widened = [column for column in columns if not pa.types.is_floating(schema.field(column).type)]
    for column in widened:
        schema = schema.set(column, schema.field(column).with_type(pa.float64()))
    metadata = dict(schema.metadata or {})
    if not widened or b"pandas" not in metadata:
        return schema
    names = {schema.field(column).name for column in widened}
    if note := note_of(metadata):
        for entry in note["columns"]:
            if entry.get("field_name") in names:
                entry.update(pandas_type="float64", numpy_type="float64")
    return schema.with_metadata(with_note(metadata, note))


def with_further(schema: pa.Schema, names: Sequence[str]) -> pa.Schema:
    """The schema with further columns of doubles at its end."""
    for name in names:
        schema = schema.append(pa.field(name, pa.float64()))
    return schema


def part_of(schema: pa.Schema, columns: Sequence[int]) -> pa.Schema:
    """The schema of some columns, in pandas' own note as well."""
    part = pa.schema([schema.field(column) for column in columns])
    metadata = dict(schema.metadata or {})
    if note := note_of(metadata):
        note["columns"] = [entry for entry in note["columns"] if entry.get("field_name") in part.names]
        # An index that is no column of the file is a count of its rows.
        note["index_columns"] = [name for name in note["index_columns"] if name in part.names]
    return part.with_metadata(with_note(metadata, note) or None)


def note_of(metadata: Mapping[bytes, bytes]) -> dict[str, Any] | None:
    """What pandas noted of its own types and index; none where it did not, or where the note is damaged."""
    try:
        note = json.loads(metadata.get(b"pandas", b"null"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(note, dict):
        return None
    whole = {"columns": note.get("columns", []), "index_columns": note.get("index_columns", [])}
    levels = note.get("column_indexes", [])
    for entries in (whole["columns"], levels):
        if not isinstance(entries, list) or not all(map(_is_entry, entries)):
            return None
    index = whole["index_columns"]
    if not isinstance(index, list) or not all(isinstance(each, str) or _is_range(each) for each in index):
        return None
    return note | whole


def _is_entry(entry: object) -> bool:
    """Whether it is what pandas notes of a column."""
    if not isinstance(entry, dict) or "name" not in entry:
        return False
    texts = all(isinstance(entry.get(key), str) for key in ("pandas_type", "numpy_type"))
    names = all(isinstance(entry.get(key), str | None) for key in ("name", "field_name"))
    return texts and names and isinstance(entry.get("metadata"), dict | None)


def _is_range(entry: object) -> bool:
    """Whether it is what pandas notes of an index that counts rows."""
    return (
        isinstance(entry, dict)
        and entry.get("kind") == "range"
        and all(isinstance(entry.get(key), int) for key in ("start", "stop", "step"))
    )


def with_whole_note(schema: pa.Schema) -> pa.Schema:
    """The schema without pandas' own note where that is damaged."""
    metadata = dict(schema.metadata or {})
    return schema.with_metadata(with_note(metadata, note_of(metadata)) or None)


def with_note(metadata: Mapping[bytes, bytes], note: Mapping[str, Any] | None) -> dict[bytes, bytes]:
    """The metadata with another note of pandas'; without any where that is damaged, which pandas refuses."""
    rest = {key: value for key, value in metadata.items() if key != b"pandas"}
    return rest if note is None else rest | {b"pandas": json.dumps(note).encode()}

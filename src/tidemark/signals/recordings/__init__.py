"""Recorded signals: CSV, WAV, NPY and Parquet files, read and written in pieces."""

"""Scores of this task alone."""

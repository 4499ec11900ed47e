"""Figures of this task alone."""

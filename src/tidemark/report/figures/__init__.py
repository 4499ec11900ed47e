"""Figures that any task may use, and how all of them look."""

"""Choosing options of baselines, and settings of trainings, on validation signals."""

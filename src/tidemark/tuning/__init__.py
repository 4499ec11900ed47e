"""Choosing the options of baselines on validation signals."""

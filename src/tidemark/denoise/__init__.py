"""Denoise: a noisy signal is given, the clean one asked for."""

"""Forecast: the past of a signal is given, its future asked for."""

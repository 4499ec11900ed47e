"""Classify: a window of a wrist accelerometer is given, what its wearer did asked for."""

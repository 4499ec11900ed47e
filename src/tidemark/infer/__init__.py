"""Infer: some points of one or two sequences are given, the others asked for."""

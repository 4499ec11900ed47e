"""Denoising of whole files: windows overlapped and added, the other contents left as they are."""

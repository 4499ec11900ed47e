"""For denoising."""

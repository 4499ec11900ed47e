"""A toy task, made of the files here alone: estimate a constant from noisy observations of it."""

"""A trained model on whole files: denoising by windows overlapped and added, forecasting from their end."""

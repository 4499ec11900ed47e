"""For forecasting."""

"""Networks that estimate the constant."""

"""Classical estimates of the constant."""

"""What no estimate of the constant can beat."""

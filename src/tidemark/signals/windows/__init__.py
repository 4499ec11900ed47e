"""From one long recording to windows, and back."""

"""For classifying."""

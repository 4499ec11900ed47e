"""What tidemark adds to DVC: stages side by side, and plots that need no network."""

"""Forms: they read what was typed, keep it, and build a move's page from its row."""

"""The demonstration county: its house, its stories, and how they are played."""

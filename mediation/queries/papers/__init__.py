"""What the papers of a case are made of, and which are there."""

"""Papers as they are filled: the masked view of the case."""

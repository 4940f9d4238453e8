"""Writes: check, change, one event. Nothing here commits or reads a request."""

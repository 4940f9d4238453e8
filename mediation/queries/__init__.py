"""Reads. The door (row filter) comes first; every list, search and sum goes through it."""

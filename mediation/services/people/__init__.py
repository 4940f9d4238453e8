"""Parties, representatives, employers, pasted lists, and who is who."""

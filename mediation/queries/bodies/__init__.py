"""Requests to and from other bodies, hand-overs, joint consultations, outside numbers."""

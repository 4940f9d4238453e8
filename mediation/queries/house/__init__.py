"""Accounts, stations, the calendar of the year, settings, the journal's proofs, backup."""

"""Time limits, working days, limitation, jurisdiction, side procedures, retention, effective dates."""

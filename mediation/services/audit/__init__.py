"""Findings, samples, packs, contradictions, reconciliation."""

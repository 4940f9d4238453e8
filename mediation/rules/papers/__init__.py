"""The catalogue of papers, and the rules of their making."""

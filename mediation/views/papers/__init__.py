"""The pages of papers: list, print, issue."""

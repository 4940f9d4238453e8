"""The catalogue of papers, their templates, issued papers, files."""

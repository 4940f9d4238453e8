"""Forms of papers: recording, new editions."""

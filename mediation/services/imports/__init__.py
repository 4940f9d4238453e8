"""Bringing the past in: sheets are staged and corrected, their cases taken in blocks, an import undone as a whole."""

"""Measuring: made-up cases in bulk, and what is asked of them."""

"""Inquiries, visits, leads, and supervision letters."""

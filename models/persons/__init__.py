"""Rows of people, their accounts and what they may try."""

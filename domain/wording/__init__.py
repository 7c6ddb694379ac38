"""Dates, numbers, verdicts and promises as people read them."""

"""Rows of authorities: where they are, what they plan, when they work."""

"""Rows of an application and of all that belongs to it."""

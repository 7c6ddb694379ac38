"""Diagrams with the place of a case in them, made ready for the templates."""

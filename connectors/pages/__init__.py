"""Photographed pages: where their paper ends, and one PDF made of them."""

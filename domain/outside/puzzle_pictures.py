"""The pictures of the slider puzzle, drawn when a browser asks for them."""

from __future__ import annotations

from connectors.documents.puzzle_pictures import HEIGHT, PIECE, RULER, WIDTH, draw_puzzle

__all__ = ["HEIGHT", "PIECE", "RULER", "WIDTH", "draw_puzzle"]

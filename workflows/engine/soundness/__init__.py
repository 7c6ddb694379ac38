"""Soundness: that every token which begins comes to an end, shown by playing every game of the tokens."""

"""The case as staff see it, and what is done to it as a whole."""

"""The windows of a plan, the legal limit, working days, and what follows when they move."""

"""Every component on one page, in development only."""

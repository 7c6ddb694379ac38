"""One task: shown, filled in, completed, handed over."""

"""The eight steps of 网报, and where they begin."""

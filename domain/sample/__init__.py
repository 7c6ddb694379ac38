"""The sample world: invented authorities, plans and people, for development and tests only."""

"""Forms that designers make: their components, conditions and patterns."""

"""What all definitions share: their texts, the names in them, and how problems are told."""

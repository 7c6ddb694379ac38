"""What a step keeps of itself, so that it can be replayed."""

"""What may be chosen in the wizard, and why something may not."""

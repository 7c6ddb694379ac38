"""What diagrams may name, and putting them into use."""

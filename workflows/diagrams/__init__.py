"""What the diagrams of a release look like, and where an instance stands in them."""

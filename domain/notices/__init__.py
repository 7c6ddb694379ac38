"""What people are told, and how it goes out."""

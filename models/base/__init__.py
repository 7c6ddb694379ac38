"""What all tables stand on: the database, columns, refusals, codes."""

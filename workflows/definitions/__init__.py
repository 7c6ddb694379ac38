"""What designers define besides diagrams and tables: forms, letters, notices, public states, services."""

"""What diagrams and public states say of each other: names, places, what is allowed where a case waits."""

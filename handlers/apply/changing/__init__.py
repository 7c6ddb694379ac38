"""A registered application that is changed: what waits, and saving it in one act."""

"""The lists that tasks are taken from."""

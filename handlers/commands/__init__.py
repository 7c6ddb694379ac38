"""Commands of the command line, `flask …`."""

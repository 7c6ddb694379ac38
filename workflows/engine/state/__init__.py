"""The state of an instance: its specification, its standing, and the compact form it is kept in."""

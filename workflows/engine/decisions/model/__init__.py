"""A decision table in memory: its columns, rules and cells, and what they evaluate to."""

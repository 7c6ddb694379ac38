"""What is wrong with a decision table: cells that never match, rules that are never reached or meet."""

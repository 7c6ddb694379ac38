"""Long random tests of what strangers may send in: expressions, scripts, conditions, files, diagrams."""

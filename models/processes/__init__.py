"""Rows of the engine: instances, work items, jobs, waits."""

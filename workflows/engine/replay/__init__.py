"""Replaying what was recorded of an instance, in memory, on the release that it ran on or on another."""

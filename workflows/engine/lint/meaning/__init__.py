"""Checks of what a diagram means: operations, formulas, messages, public states, timers."""

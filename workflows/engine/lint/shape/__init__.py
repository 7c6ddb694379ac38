"""Checks of a diagram's shape: elements, gateways, joins, paths, references, sizes."""

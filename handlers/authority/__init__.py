"""The authority's own arrangements: plans and the calendar of working days."""

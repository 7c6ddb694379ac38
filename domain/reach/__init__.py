"""Who may see and take what: one rule for pages and API."""

"""The counter of a site, and contested accounts."""

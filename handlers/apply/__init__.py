"""Where an applicant stands: the platform, the search, the eight steps, and what comes after them."""

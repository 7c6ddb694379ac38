"""The applicant's own registered application: progress, messages, materials, changes, withdrawal."""

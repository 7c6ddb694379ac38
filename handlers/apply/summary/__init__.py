"""An application as its applicant reads it."""

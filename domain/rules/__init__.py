"""What the law, the plans and the decision tables ask of an applicant."""

"""The reviewers' side: work list, desk, review, certificates."""

"""Passwords, codes, proofs of addresses, contested numbers."""

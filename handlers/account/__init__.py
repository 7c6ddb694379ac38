"""Accounts: registering, signing in and out, a forgotten password, one's sessions."""

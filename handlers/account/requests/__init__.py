"""Requests about accounts: a lost mobile number, particulars to be corrected, and where they stand."""

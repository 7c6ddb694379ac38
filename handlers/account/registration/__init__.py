"""Making an account: registration, the register's answer, a corrected name, a contested number."""

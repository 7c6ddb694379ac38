"""Which type a value has, and what an expression makes of the types that it reads."""

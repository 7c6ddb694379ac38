"""Which variables a case has where a diagram reads them, and which values they can have there."""

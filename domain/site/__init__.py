"""What the public site says, as staff keep it: questions, letters to an office, texts to agree to."""

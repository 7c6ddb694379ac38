"""Moving instances to another release of their process."""

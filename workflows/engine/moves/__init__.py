"""Moving an instance: steps, acts, due timers, other times, another release."""

"""What comes in, before a page sees it: who asks, from where, how often, how much."""

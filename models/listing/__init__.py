"""What lists and claims the items of processes by the cases they belong to."""

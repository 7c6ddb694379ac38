"""What operators do: backups, and the doctor."""

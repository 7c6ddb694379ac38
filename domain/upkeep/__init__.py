"""What operators do: backups, the doctor, and what is kept no longer."""

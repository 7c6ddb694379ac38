"""The résumé of the application form, row by row."""

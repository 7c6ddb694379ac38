"""The display a person chose: light or dark, large type, language."""

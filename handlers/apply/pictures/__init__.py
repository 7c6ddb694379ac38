"""Photograph and signature: received, shown, and taken on a phone."""

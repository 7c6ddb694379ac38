"""The JSON API, version 1: generic over processes, on the same engine and rules as the pages."""

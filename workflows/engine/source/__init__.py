"""A diagram as text: read as XML, taken apart, its problems and its drawing."""

"""The page on a phone on which an undertaking is signed; it is entered by a link, not by a password."""

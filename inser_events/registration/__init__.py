"""Registrations in two modes, their seats, waiting lists and tickets."""

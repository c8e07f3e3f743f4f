"""Badges: the printed tickets."""

"""Professional networks and their members."""

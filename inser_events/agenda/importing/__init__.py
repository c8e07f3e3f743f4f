"""Agendas from other systems: read into one tree, compared with the draft, applied by the agenda's operations."""

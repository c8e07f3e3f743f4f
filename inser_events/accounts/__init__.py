"""Accounts of organisers and staff. Attendees and speakers need none."""

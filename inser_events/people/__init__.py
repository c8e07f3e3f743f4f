"""People: the details shared by speakers, members and registered attendees."""

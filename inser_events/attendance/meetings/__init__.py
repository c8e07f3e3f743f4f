"""Attendance reports of meeting platforms, read into one shape."""

"""Files handed out: calendars, spreadsheets, PDFs and codes. Values in, bytes out; no domain is known here.

Each heavy library is imported by exactly one module of this package.
"""

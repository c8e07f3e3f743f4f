"""The JSON edge over the same operations."""

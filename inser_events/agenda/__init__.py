"""The agenda: one draft that organisers edit, and the numbered releases everyone else reads."""

"""Answers to calendar invitations, as calendar programs send them back (iTIP REPLY, RFC 5546 section 3.2.3)."""

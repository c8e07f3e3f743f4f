"""Delegations of Members and organisations, and the focal points who name their people."""

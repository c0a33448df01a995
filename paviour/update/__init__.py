"""Bringing a service to this version of the standard (docs/adr/0010)."""

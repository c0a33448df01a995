"""Bringing an existing service onto the road. Its code is read, never run."""

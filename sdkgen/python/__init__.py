"""Projections of a contract for the Python stack."""

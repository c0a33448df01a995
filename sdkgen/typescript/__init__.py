"""Projections of a contract for TypeScript."""

"""Many services on one standard (docs/explanation/fleets.md)."""

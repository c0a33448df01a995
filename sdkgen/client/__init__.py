"""The client projection: from a contract to the packages that callers install, one for each language."""

"""Judge a running service from outside, by its contract and the standards; knows nothing of what it is built with."""

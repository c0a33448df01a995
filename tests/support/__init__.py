"""Real processes and servers that the tests and the demo stand on."""

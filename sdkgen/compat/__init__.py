"""What changed between two contracts, judged on three axes: wire, policy, and source for each language."""

"""Figures beside the peers', measured in the same run."""

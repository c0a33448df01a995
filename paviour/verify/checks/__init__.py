"""The checks by what they are about; importing a module registers its checks."""

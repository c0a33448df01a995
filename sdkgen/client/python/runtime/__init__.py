"""What the SDK does at run time: the same in every SDK, and nothing in it is generated."""

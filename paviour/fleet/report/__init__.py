"""The page of the whole fleet: one file that needs no other, no server and no network."""

"""``make bench``: what a node costs, in floors, measured beside it in the same seconds."""

"""The entry points of a node's three processes; each is started by :mod:`shipinban.node`."""

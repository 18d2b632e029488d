"""The product's whole story, in real browsers against a real node."""

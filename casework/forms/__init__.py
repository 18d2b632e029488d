"""The form of an item: filled by the agent, followed and signed by the resident."""

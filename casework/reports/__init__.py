"""Figures: what is counted, how it is kept by the hour, and what is said of a period."""

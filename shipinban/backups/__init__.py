"""Backup and restore of a whole installation, in one command each."""

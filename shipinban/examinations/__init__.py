"""The single checks of ``shipinban doctor``; :mod:`shipinban.doctor` runs them in order."""

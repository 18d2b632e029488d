"""Recordings kept, protected and let go: store, retention, holds, expiry, who watched."""

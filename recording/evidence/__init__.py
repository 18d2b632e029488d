"""What proves a recording: its chain, the signatures on it, its manifest, and how they are checked."""

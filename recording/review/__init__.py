"""The review desk's part of a recording: marks at a position, how loud it was, what happened."""

"""The journal: who did what, for whom, under whose authority, on what evidence; append only."""

"""On whose authority a step is taken: appointments, grants, mandates, and the rules on them."""

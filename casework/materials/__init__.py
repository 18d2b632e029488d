"""The checklist of a case: what was given for each line, and what the agent said of it."""

"""The course of a case: one table of steps, its deadlines, refusal by two, hand-over."""

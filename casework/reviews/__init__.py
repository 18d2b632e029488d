"""Review by both lines: the draw, verdicts, disagreements; follow-ups and evidence holds."""

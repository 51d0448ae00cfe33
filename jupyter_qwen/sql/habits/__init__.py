"""Queries that bind and are probably wrong: the model's habits, seen in the tree and against the question."""

"""Inline completion: one running generation an editor, what it may show, what is remembered, and how fast to ask."""

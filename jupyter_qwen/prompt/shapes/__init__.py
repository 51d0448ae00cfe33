"""Worked examples by analytic shape: questions and queries over invented tables, and the one that fits a question."""

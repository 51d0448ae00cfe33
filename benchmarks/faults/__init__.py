"""Faults on purpose, and what a user has of them: `python -m benchmarks.faults.kills`."""

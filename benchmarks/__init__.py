"""Measurements of the checkout, no part of the wheel. Run from the repository's root: `python -m benchmarks.NAME --help`."""

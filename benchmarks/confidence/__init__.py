"""What a grade is worth: `python -m benchmarks.confidence` for queries, `python -m benchmarks.confidence.of_cells` for Python."""

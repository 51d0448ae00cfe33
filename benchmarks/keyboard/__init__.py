"""Typing traces, the notebook they are typed in, and who types them: `python -m benchmarks.keyboard`."""

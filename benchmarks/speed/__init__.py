"""The whole product on the clock, beside the raw engine on the same prompts in the same run: `python -m benchmarks.speed`."""

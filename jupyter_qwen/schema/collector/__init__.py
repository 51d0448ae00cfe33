"""What looks into the user's kernel: modules that also travel there as one source text."""

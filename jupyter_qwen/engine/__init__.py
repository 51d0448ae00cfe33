"""Step 3, tokens: one client for every OpenAI-compatible endpoint, and the supervisor of our own child processes."""

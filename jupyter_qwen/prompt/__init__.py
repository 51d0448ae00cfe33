"""Step 2, prompt: schema linking, token budget, ChatML and fill-in-the-middle. Pure functions only."""

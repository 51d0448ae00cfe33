"""The engine's life: who starts, shares, watches, unloads and ends it, and who fetches its weights."""

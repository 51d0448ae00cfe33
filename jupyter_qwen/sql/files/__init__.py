"""Data files by name and type, before anything has loaded them: where they may lie, and what a worker reads of them."""

"""Which weights exist, where they come from, whether they fit, and where they are kept."""

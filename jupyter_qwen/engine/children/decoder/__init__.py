"""The transformers engine's inside: one network, many sequences, every step computes rows of all of them at once."""

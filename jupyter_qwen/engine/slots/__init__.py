"""Slots: which KV cache a request uses, and how caches outlive another conversation's turn."""

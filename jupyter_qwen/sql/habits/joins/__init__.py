"""Joins that go against the keys, and joins that nothing needs."""

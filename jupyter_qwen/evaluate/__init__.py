"""Measures the product on cases and on the clock, by the way that a user's question takes."""

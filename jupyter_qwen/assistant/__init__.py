"""Leads a question through the five steps and tells what happens as events."""

"""The one HTTP client of every engine."""

"""What a release is made and checked with; not shipped."""

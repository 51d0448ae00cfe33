"""What users teach: terms and verified questions, in plain files that people read and keep in git."""

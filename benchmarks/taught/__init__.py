"""What teaching brings: terms and verified questions, asked again in the same words and in others."""

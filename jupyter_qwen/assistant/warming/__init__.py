"""Processing what the next question will begin with, while nobody waits."""

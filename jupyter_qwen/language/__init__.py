"""What is said beside an answer, in each language of the interface: templates, and nothing else."""

"""From a prompt to a judged answer: one file for each kind, and the choice among candidates."""

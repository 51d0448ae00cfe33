"""Which builds of llama.cpp this machine has beside the wheel's: where they lie, what they can do, how fast they are here."""

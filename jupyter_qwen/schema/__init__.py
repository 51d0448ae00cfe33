"""Step 1, context: which tables a query could see. Kernel-safe: standard library only at import time."""

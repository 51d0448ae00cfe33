"""What runs inside the locked process, under the Python of the user's kernel: standard library at import, its libraries by name.

Nothing here is trusted by the server: a candidate may change all of it in its own copy. `python.trial` checks what comes back.
"""

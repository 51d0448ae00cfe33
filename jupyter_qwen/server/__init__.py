"""The Jupyter server extension: decode a request, make one call, encode the answer."""

"""Entry points of the child processes that hold a model. Nothing else may import torch or a web server."""

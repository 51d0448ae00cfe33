"""The IPython side: `%%qwen`. Imports nothing but the standard library, IPython and jupyter_qwen.schema."""

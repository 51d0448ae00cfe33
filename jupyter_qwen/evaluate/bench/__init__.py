"""``jupyter qwen bench``: the whole product on the clock, beside the raw engine on the same prompts in the same run."""

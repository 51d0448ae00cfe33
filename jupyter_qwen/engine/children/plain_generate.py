"""transformers' own `generate`, nothing of ours: the raw library beside its engine in `jupyter qwen bench engines`.

    python -m jupyter_qwen.engine.children.plain_generate FOLDER THREADS DTYPE

Reads one JSON object a line, ``{"prompt", "new"}``; answers each with ``{"prompt_tokens", "first", "new_tokens", "done"}``, where
`first` and `done` are seconds until the first token and until the last. The first line that it writes is ``{"ready": true}``.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def main() -> int:
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.generation.streamers import BaseStreamer

    from jupyter_qwen.engine.children.decoder.weights import load_tokenizer

    class TokenTimes(BaseStreamer):  # type: ignore[misc]
        """Notes when tokens come; the prompt is the first thing that a streamer is given."""

        def __init__(self) -> None:
            self.began = time.perf_counter()
            self.times: list[float] = []

        def put(self, value: Any) -> None:
            self.times.append(time.perf_counter() - self.began)

        def end(self) -> None:
            return None

    folder, threads, dtype = sys.argv[1:4]
    torch.set_num_threads(int(threads))
    words = load_tokenizer(Path(folder))
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, dtype), local_files_only=True).eval()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        ids = torch.tensor([words(asked["prompt"], add_special_tokens=False)["input_ids"]])
        clock = TokenTimes()
        with torch.inference_mode():
            model.generate(
                ids, attention_mask=torch.ones_like(ids), max_new_tokens=asked["new"], do_sample=False, streamer=clock
            )
        _, first, *rest = clock.times
        done = rest[-1] if rest else first
        print(
            json.dumps({"prompt_tokens": ids.shape[1], "first": first, "new_tokens": 1 + len(rest), "done": done}),
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

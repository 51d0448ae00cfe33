"""Makes a folder of safetensors for the transformers engine from a GGUF file, where the Hub cannot be reached.

    python -m jupyter_qwen.engine.children.transformers_convert FILE.gguf FOLDER [--json]

The weights are those of the GGUF file written out in bfloat16: nothing that quantisation lost comes back. The folder appears only
when it is complete. With --json each step is a line on standard output: ``{"event": "step", "name", "number", "of"}``, in
the end ``{"event": "done", "folder", "bytes"}`` or ``{"event": "failed", "message"}``. Ctrl-C or a kill leaves only
`FOLDER.partial`, which the next run replaces.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

STEPS = ("reading the tokenizer", "writing the tensors out", "saving")
GROWTH = 3.5  # bfloat16 takes 16 bits a weight where Q4_K_M takes 4.85
SHARD = "2GB"
Tell = Callable[..., None]


class ConversionError(Exception):
    """It cannot be done; the text is a sentence for the user."""


def convert(source: Path, folder: Path, tell: Tell) -> int:
    """Write `folder` from the GGUF file `source`; gives the bytes written. Raises ConversionError."""
    if not source.is_file():
        raise ConversionError(f"There is no file {source}.")
    if folder.exists():
        raise ConversionError(f"{folder} exists already.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    needed, free = int(source.stat().st_size * GROWTH), shutil.disk_usage(folder.parent).free
    if free < needed:
        raise ConversionError(f"The conversion takes {needed / 1e9:.1f} GB of disk; {free / 1e9:.1f} GB are free.")
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    except ImportError as error:
        raise ConversionError(f'{error}. Install it with: pip install "jupyter_qwen[transformers]" gguf') from error
    place, name = str(source.parent), source.name
    try:
        tell("step", name=STEPS[0], number=1, of=len(STEPS))
        tokenizer = AutoTokenizer.from_pretrained(place, gguf_file=name)
        tell("step", name=STEPS[1], number=2, of=len(STEPS))
        model = AutoModelForCausalLM.from_pretrained(
            place, gguf_file=name, quantization_config=GgufConfig(dequantize=True), dtype=torch.bfloat16
        )
    except (ValueError, KeyError, ImportError, OSError) as error:
        raise ConversionError(f"{name} could not be read: {error}") from error
    tell("step", name=STEPS[2], number=3, of=len(STEPS))
    model.save_pretrained(partial, max_shard_size=SHARD)
    tokenizer.save_pretrained(partial)
    for file in partial.iterdir():
        file.chmod(0o644)
    os.replace(partial, folder)
    return sum(file.stat().st_size for file in folder.iterdir())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, metavar="FILE.gguf")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="one JSON object a step")
    options = parser.parse_args()

    def tell(event: str, **fields: object) -> None:
        if options.json:
            print(json.dumps({"event": event, **fields}), flush=True)
        elif event == "step":
            print(f"{fields['number']}/{fields['of']} {fields['name']}", flush=True)

    try:
        written = convert(options.source.expanduser(), options.folder.expanduser(), tell)
    except (ConversionError, MemoryError, OSError) as error:
        tell("failed", message=str(error) or "There is not enough memory.")
        if not options.json:
            print(error, file=sys.stderr)
        return 1
    tell("done", folder=str(options.folder), bytes=written)
    if not options.json:
        print(f"{options.folder}: {written / 1e9:.1f} GB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

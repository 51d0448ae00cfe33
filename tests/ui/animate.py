"""Makes one moving picture of recorded frames: ``python animate.py FRAMES OUT.webp``.

A frame is FRAMES/<milliseconds since the first>.png; frames that look like the one before only prolong it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageChops

WIDTH = 900
LAST_MS = 3_000
LARGEST_BYTES = 2_000_000


def animate(frames: Path, out: Path) -> None:
    """Write `out`, at the highest of some qualities that keeps it below 2 MB. Raises SystemExit when none does."""
    pictures: list[Image.Image] = []
    starts: list[int] = []
    for path in sorted(frames.glob("*.png")):
        with Image.open(path) as read:
            picture = read.convert("RGB").resize(
                (WIDTH, round(read.height * WIDTH / read.width)), Image.Resampling.LANCZOS
            )
        if not pictures or ImageChops.difference(picture, pictures[-1]).getbbox() is not None:
            pictures.append(picture)
            starts.append(int(path.stem))
    if not pictures:
        raise SystemExit(f"There are no frames in {frames}: record them first, by nox -s pictures.")
    ends = [*starts[1:], starts[-1] + LAST_MS]
    shown = [end - start for start, end in zip(starts, ends, strict=True)]
    for quality in (80, 60, 40, 25):
        pictures[0].save(
            out,
            save_all=True,
            append_images=pictures[1:],
            duration=shown,
            loop=0,
            quality=quality,
            method=4,
            minimize_size=True,
        )
        if out.stat().st_size < LARGEST_BYTES:
            print(
                f"{out}: {len(pictures)} frames, {ends[-1] / 1000:.1f} s, {out.stat().st_size / 1e6:.2f} MB, quality {quality}"
            )
            return
    raise SystemExit(f"{out} is larger than {LARGEST_BYTES} bytes at any quality.")


if __name__ == "__main__":
    animate(Path(sys.argv[1]), Path(sys.argv[2]))

"""What the processor has, and what a build of llama.cpp leaves unused of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_qwen.engine.builds import processor

XEON = """processor : 0
model name : Intel(R) Xeon(R) Processor
flags : fpu sse avx avx2 fma avx512f avx512bw avx512_vnni avx_vnni avx512_bf16 amx_int8
"""


@pytest.fixture
def xeon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cpuinfo").write_text(XEON)
    monkeypatch.setattr(processor, "CPU_INFO", tmp_path / "cpuinfo")
    for cached in (processor.features, processor.processor_name):
        cached.cache_clear()
        monkeypatch.setattr(processor, cached.__name__, cached.__wrapped__)


@pytest.mark.usefixtures("xeon")
def test_processor_is_read_where_linux_describes_it() -> None:
    assert processor.processor_name() == "Intel(R) Xeon(R) Processor"
    assert processor.features() == ("AVX2", "AVX512", "AVX512_VNNI", "AVX_VNNI", "AVX512_BF16", "AMX_INT8")


@pytest.mark.usefixtures("xeon")
def test_build_for_avx2_leaves_the_rest_unused() -> None:
    left = processor.unused(processor.features(), ("SSE3", "AVX", "AVX2", "FMA"))
    assert processor.spoken(left) == "AVX-512, VNNI, AVX-512 bfloat16, AMX"
    assert processor.unused(processor.features(), processor.features()) == ()

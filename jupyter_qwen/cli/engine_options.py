"""The options that choose an engine, the same for every command that runs one."""

from __future__ import annotations

import argparse
import os

from jupyter_qwen.engine.config import EngineConfig


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """--engine, --model, --endpoint-url, --endpoint-model, --script, --llama-server, --threads, --context-tokens."""
    group = parser.add_argument_group("engine")
    group.add_argument(
        "--engine",
        choices=["auto", "llama", "transformers", "openai", "scripted"],
        default="auto",
        help="default: auto",
    )
    group.add_argument(
        "--model", help="a name from `jupyter qwen model list`, a .gguf file, or a folder with safetensors"
    )
    group.add_argument("--endpoint-url", help="base URL of an OpenAI-compatible endpoint (engine openai)")
    group.add_argument("--endpoint-model", help="the model's name at that endpoint")
    group.add_argument("--script", help="JSON script of the engine 'scripted'")
    group.add_argument(
        "--llama-server",
        metavar="PATH",
        help="a llama-server that the llama engine shall be; auto, none (default: auto)",
    )
    group.add_argument("--threads", type=int, help="CPU threads; default: the cores that this process may use")
    group.add_argument(
        "--context-tokens",
        type=int,
        help="context length; default: what the memory allows, up to 8192; beyond 32768 by YaRN",
    )


def engine_config(arguments: argparse.Namespace) -> EngineConfig:
    """The configuration that the options say. The endpoint's key comes from JUPYTER_QWEN_API_KEY, never from an option."""
    return EngineConfig(
        engine=arguments.engine,
        model=arguments.model,
        context_tokens=arguments.context_tokens,
        threads=arguments.threads,
        llama_server=arguments.llama_server,
        openai_base_url=arguments.endpoint_url,
        openai_key=os.environ.get("JUPYTER_QWEN_API_KEY"),
        openai_model=arguments.endpoint_model,
        script=arguments.script,
    )

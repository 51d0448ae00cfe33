"""A llama.cpp server as a stranger would start it: writes its address, serves until it is killed or its input ends."""

from __future__ import annotations

import os
import sys

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.api_keys = [os.environ["INDEPENDENT_KEY"]]
params.n_ctx = 4096
params.n_parallel = 2
params.n_batch = 64
params.cpuparams.n_threads = 2
params.cache_ram_mib = 64
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
os._exit(0)

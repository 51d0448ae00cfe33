# ruff: noqa: E501 - each is a small program on one line
"""What is tried against the locked process, as Python that returns when it got out and raises when it was held.

`CANARY` is a file of the user's, `SERVER` the server's process, `WARM` the one that forked, `call` a raw system call.
"""

from __future__ import annotations

from typing import Final

FILES: Final = {
    "read a system file": "open('/etc/passwd').read()",
    "read the user's file": "open(CANARY).read()",
    "read by descriptor": "os.read(os.open(CANARY, os.O_RDONLY), 10)",
    "read through O_PATH": "open(f'/proc/self/fd/{os.open(CANARY, os.O_PATH)}').read()",
    "read by libc": "libc.fopen.restype = ctypes.c_void_p\nassert libc.fopen(CANARY.encode(), b'r')",
    "read by a library": "import numpy\nnumpy.fromfile(CANARY, dtype='u1')",
    "read by pandas": "import pandas\npandas.read_csv(CANARY)",
    "list the root": "os.listdir('/')",
    "list the home": "os.listdir(os.path.expanduser('~'))",
    "write in the temporary folder": "open('/tmp/jupyter-qwen-escape', 'w')",
    "write in its own folder": "open('here.txt', 'w')",
    "append to the user's file": "open(CANARY, 'a')",
    "truncate": "os.truncate(CANARY, 0)",
    "rename": "os.rename(CANARY, CANARY + '2')",
    "unlink": "os.unlink(CANARY)",
    "change the mode": "os.chmod(CANARY, 0)",
    "change the owner": "os.chown(CANARY, 0, 0)",
    "change the times": "os.utime(CANARY, (0, 0))",
    "set an attribute": "os.setxattr(CANARY, 'user.x', b'1')",
    "link": "os.link(CANARY, CANARY + '2')",
    "make a symbolic link": "os.symlink('/etc', CANARY + '3')",
    "make a folder": "os.mkdir(CANARY + '4')",
    "make a device": "os.mknod(CANARY + '5')",
    "write to the libraries": "open(os.path.join(os.path.dirname(json.__file__), 'escape.py'), 'w')",
    "write to shared memory": "open('/dev/shm/jupyter-qwen-escape', 'w')",
    "shared memory of Python": "from multiprocessing import shared_memory\nshared_memory.SharedMemory(create=True, size=10)",
    "memory of the machine": "open('/dev/mem', 'rb').read(1)",
    "fill the disk": "f = open('/tmp/jupyter-qwen-fill', 'wb')\nwhile True:\n    f.write(bytes(1 << 20))",
    "change the root": "os.chroot('/tmp')",
    "another process's environment": "open(f'/proc/{SERVER}/environ').read()",
    "its own memory as a file": "open('/proc/self/mem', 'r+b')",
    "another's descriptors": "os.listdir(f'/proc/{WARM}/fd')",
    "list the processes": "os.listdir('/proc')",
    "the server's environment": "assert 'JUPYTER_QWEN_ESCAPE' in os.environ",
    "a descriptor that was left open": "found = [n for n in range(4, 256) if not fails(os.fstat, n)]\nassert found",
    "a folder handed down": "os.fchdir(3)",
}
SOCKETS: Final = {
    f"a socket of family {name}": f"socket.socket({family}, {kind})"
    for name, family, kind in [
        ("INET, stream", 2, 1), ("INET, datagram", 2, 2), ("INET, raw", 2, 3), ("INET6", 10, 1), ("UNIX", 1, 1),
        ("NETLINK", 16, 3), ("PACKET", 17, 3), ("ALG", 38, 5), ("VSOCK", 40, 1), ("BLUETOOTH", 31, 3), ("CAN", 29, 3),
        ("XDP", 44, 3),
    ]
} | {
    "a pair of sockets": "socket.socketpair()",
    "a name looked up": "assert socket.getaddrinfo('example.org', 80)",
    "a page fetched": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:1/', timeout=1)",
}  # fmt: skip
PROCESSES: Final = {
    "fork": "if os.fork() == 0:\n    os._exit(0)",
    "vfork": "call(58)",
    "clone without a thread": "call(56, 17, 0, 0, 0, 0)",
    "clone3": "call(435, ctypes.create_string_buffer(88), 88)",
    "a program": "os.execv('/bin/true', ['true'])",
    "a program spawned": "os.posix_spawn('/bin/true', ['true'], {})",
    "a shell": "assert os.system('true') == 0",
    "a subprocess": "import subprocess\nsubprocess.run(['true'])",
    "a pool": "import multiprocessing\nmultiprocessing.get_context('fork').Process(target=print).start()",
    "fork bomb": "while True:\n    os.fork()",
    "a file in memory, to run": "os.memfd_create('x')",
    "execveat": "call(322, -100, b'/bin/true', 0, 0, 0)",
    "a handle of a process": "os.pidfd_open(SERVER)",
}
SIGNALS: Final = {
    "end the server": "os.kill(SERVER, 9)",
    "end the warm process": "os.kill(os.getppid(), 9)",
    "ask after the server": "os.kill(SERVER, 0)",
    "end everybody": "os.kill(-1, 9)",
    "end the group": "os.kill(0, 9)",
    "end the group by its number": "os.killpg(os.getpgrp(), 9)",
    "tgkill": "call(234, WARM, WARM, 9)",
    "tkill": "call(200, WARM, 9)",
    "queue a signal": "call(129, WARM, 9, ctypes.create_string_buffer(128))",
    "signals of a descriptor": "import fcntl\nfcntl.fcntl(3, fcntl.F_SETOWN, WARM)",
    "the server's priority": "os.setpriority(os.PRIO_PROCESS, SERVER, 19)",
    "the server's processors": "os.sched_setaffinity(SERVER, {0})",
    "the server's limits": "import resource\nresource.prlimit(SERVER, resource.RLIMIT_NOFILE, (1, 1))",
    "its own limits": "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))",
}
KERNEL: Final = {
    "ptrace": "call(101, 16, WARM, 0, 0)",
    "read another's memory": "call(310, WARM, 0, 0, 0, 0, 0)",
    "write another's memory": "call(311, WARM, 0, 0, 0, 0, 0)",
    "io_uring": "call(425, 4, ctypes.create_string_buffer(120))",
    "keys": "call(250, 0, -3, 0)",
    "add a key": "call(248, b'user', b'x', b'y', 1, -3)",
    "bpf": "call(321, 0, ctypes.create_string_buffer(128), 128)",
    "userfaultfd": "call(323, 0)",
    "own namespaces": "call(272, 0x10000000)",
    "another's namespaces": "call(308, 3, 0)",
    "mount": "call(165, b'none', b'/tmp', b'tmpfs', 0, 0)",
    "performance counters": "call(298, ctypes.create_string_buffer(128), 0, -1, -1, 0)",
    "shared memory of System V": "call(29, 0, 4096, 0o1600)",
    "a message queue": "call(240, b'/x', 0o102, 0o600, 0)",
    "become another user": "os.setuid(65534)",
    "inotify": "call(253)",
    "compare processes": "call(312, os.getpid(), WARM, 0, 0, 0)",
    "the name of the machine": "call(170, b'x', 1)",
    "a filter of its own": "call(317, 1, 0, 0)",
    "more rights": "call(126, (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6))",
    "be traced": "assert libc.prctl(4, 1, 0, 0, 0) == 0",
}
#: These may do to their own process what they like; what counts is that it ends and the next trial is right.
RUIN: Final = {
    "loop": "while True:\n    pass",
    "one long computation": "10 ** (10 ** 9)",
    "a backtracking expression": "import re\nre.match('(a+)+b', 'a' * 60)",
    "sleep": "import time\ntime.sleep(600)",
    "stop itself": "os.kill(os.getpid(), 19)",
    "end itself": "os.kill(os.getpid(), 9)",
    "leave": "os._exit(0)",
    "touch nothing": "ctypes.string_at(0)",
    "recurse": "sys.setrecursionlimit(10 ** 9)\ndef f():\n    f()\nf()",
    "memory at once": "x = bytearray(1 << 40)",
    "memory bit by bit": "x = []\nwhile True:\n    x.append(bytearray(1 << 20))",
    "memory in small pieces": "x = []\nwhile True:\n    x.append(object())",
    "memory of the system": "import mmap\nx = [mmap.mmap(-1, 1 << 30) for _ in range(10 ** 6)]",
    "threads": "while True:\n    threading.Thread(target=threading.Event().wait).start()",
    "threads with small stacks": (
        "threading.stack_size(32768)\nwhile True:\n    threading.Thread(target=threading.Event().wait).start()"
    ),
    "a thread that outlives": "def f():\n    while True:\n        pass\nthreading.Thread(target=f).start()",
    "a thread that writes on": "def f():\n    while True:\n        os.write(3, b'x' * 1000)\nthreading.Thread(target=f).start()",
    "endless output": "while True:\n    print('x' * 10_000)",
    "endless answer": "while True:\n    os.write(3, b'x' * 100_000)",
    "an answer that never ends": "os.close(3)\nwhile True:\n    pass",
    "an answer that is no JSON": "os.write(3, b'\\x80\\x04}q')\nos._exit(0)",
    "an answer that nests": "os.write(3, b'[' * 100_000)\nos._exit(0)",
    "an answer of pickles": "import pickle\nos.write(3, pickle.dumps({'status': 'ran'}))\nos._exit(0)",
    "an answer of wrong types": 'os.write(3, b\'{"status": "ran", "digest": {"a": 1}}\')\nos._exit(0)',
    "an answer with a script for a picture": (
        "os.write(3, json.dumps({'status': 'ran', 'figure': {'library': 'x', 'axes': [], 'png': 'PHNjcmlwdD4='}})"
        ".encode())\nos._exit(0)"
    ),
    "an answer with a huge number": 'os.write(3, b\'{"status": "fails", "error": {"kind": "", "message": "", "line": 1e999}}\')\nos._exit(0)',
    "a patched encoder": 'json.dumps = lambda *a, **k: \'{"status": "right"}\'',
    "patched builtins": "import builtins\nbuiltins.len = builtins.str = builtins.isinstance = lambda *a: 1 / 0",
    "modules replaced": "for name in list(sys.modules):\n    sys.modules[name] = None",
    "an object that lies": "global out\nclass A(str):\n    __class__ = property(lambda s: 1 / 0)\n    __str__ = lambda s: 1 / 0\nout = A()",
    "an error that lies": "class E(Exception):\n    def __str__(self):\n        os._exit(0)\nraise E",
    "streams found by the collector": (
        "import gc, io\nfor x in gc.get_objects():\n    if isinstance(x, io.BufferedWriter):\n        x.write(b'\\0' * 99)\n        x.flush()"
    ),
    "frames walked": (
        "frame = sys._getframe()\nwhile frame:\n    for x in list(frame.f_locals.values()):\n        if x is libc:\n            continue\n"
        "        if hasattr(x, 'fileno') and hasattr(x, 'write'):\n            fails(x.write, b'\\0' * 99)\n            fails(x.flush)\n"
        "    frame = frame.f_back"
    ),
    "every descriptor written to": "for n in range(256):\n    fails(os.write, n, b'\\0' * 99)",
    "an end that does not end": "import atexit\natexit.register(lambda: threading.Event().wait())",
    "a handler of its end": "import signal\nfor n in range(1, 65):\n    fails(signal.signal, n, signal.SIG_IGN)\nwhile True:\n    pass",
    "machine code": "import mmap\nm = mmap.mmap(-1, 4096, prot=7)\nm.write(b'\\xeb\\xfe')\nctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()",
}

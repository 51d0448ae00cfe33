"""Locks that the operating system keeps on one process: no file but libraries, no network, no other process, bounded means.

Standard library only, and nothing of it at import that not every system has: these modules also run under the Python of a
user's kernel. Own code, because what is kept does not install everywhere: `pyseccomp` needs libseccomp's shared library,
which neither wheels nor slim images bring, and of the two packages for Landlock one (`landlock`) is a development version
and the other (`landlockpy`) knows neither the scopes nor the log flags of later kernels. Both interfaces are stable
promises of Linux, and small.
"""

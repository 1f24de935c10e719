"""The first thing that a sandboxed child runs: takes the limits on itself, then becomes the script. See sandbox.py."""

import json
import resource
import runpy
import signal
import sys


def main() -> None:
    """Arguments: limits as JSON, seconds to live, the script, its arguments."""
    for name, limit in json.loads(sys.argv[1]).items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        if hard == resource.RLIM_INFINITY:
            hard = sys.maxsize
        # Past the soft limit of computing time comes SIGXCPU, which tells why; a second later SIGKILL.
        resource.setrlimit(kind, (min(limit, hard), min(limit + (name == "RLIMIT_CPU"), hard)))
    signal.setitimer(signal.ITIMER_REAL, float(sys.argv[2]) + 1)  # should the parent die and not kill it
    sys.argv = sys.argv[3:]
    runpy.run_path(sys.argv[0], run_name="__main__")


main()

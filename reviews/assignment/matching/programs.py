"""HiGHS, for what is no flow: one thread, no output, the same answer each time (an integer program: if time allows)."""

import os
import sys

import highspy

SECONDS = 60.0  # for one integer program, of which the best found by then counts
ITERATIONS = 300_000  # for one linear program, which must not end sooner on a busy machine
ROUGH = 1e-9  # the tolerance asked of it


def solver(lp: highspy.HighsLp) -> highspy.Highs:
    """A solver with this program, ready to run."""
    made = _silent()
    made.setOptionValue("output_flag", False)
    made.setOptionValue("threads", 1)
    if len(lp.integrality_):
        made.setOptionValue("time_limit", SECONDS)
    made.setOptionValue("simplex_iteration_limit", ITERATIONS)
    made.setOptionValue("mip_rel_gap", 1e-9)
    made.setOptionValue("mip_feasibility_tolerance", ROUGH)
    made.setOptionValue("primal_feasibility_tolerance", ROUGH)
    made.passModel(lp)
    return made


def _silent() -> highspy.Highs:
    """A solver that does not print its name, which it does before it can be told not to, past Python's own output."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        return highspy.Highs()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)

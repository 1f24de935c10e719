"""Reviewer assignment as the mathematics it is: a problem, an objective, a result with its proof, a verifier.

Imports nothing of Dateline's: numpy for arithmetic, OR-tools for flows, HiGHS for linear and integer programs.
"""

"""Minimum-cost flows in a network: the flow by OR-tools, the prices of its nodes by shortest paths."""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from reviews.assignment.matching.scores import Ints


class NoFlow(ValueError):
    """The network cannot carry what its nodes supply."""


@dataclass(frozen=True)
class Network:
    """Arcs with capacity and cost per unit, and what every node gives (or, below zero, takes); whole numbers all."""

    tails: Ints
    heads: Ints
    capacities: Ints
    costs: Ints
    supplies: Ints

    def cheapest(self) -> Ints:
        """The flow on each arc, of least cost in all. Raises NoFlow."""
        solver = SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(
            self.tails.astype(np.int32), self.heads.astype(np.int32), self.capacities, self.costs
        )
        giving = np.flatnonzero(self.supplies)
        solver.set_nodes_supplies(giving.astype(np.int32), self.supplies[giving])
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise NoFlow(f"no flow: {status.name}")
        flow: Ints = solver.flows(np.arange(len(self.tails), dtype=np.int32))
        return flow

    def distances(self, flow: Ints, start: Ints) -> Ints:
        """Distances d with d[head] <= d[tail] + cost on every arc that could carry more or give back.

        They prove that the flow is cheapest: using such an arc is no gain. They are as near below `start` as can be.
        """
        open_, used = flow < self.capacities, flow > 0
        tails = np.concatenate([self.tails[open_], self.heads[used]])
        heads = np.concatenate([self.heads[open_], self.tails[used]])
        costs = np.concatenate([self.costs[open_], -self.costs[used]])
        order = np.argsort(heads, kind="stable")
        tails, heads, costs = tails[order], heads[order], costs[order]
        first = np.flatnonzero(np.diff(heads, prepend=-1))
        reached = heads[first]
        distances = start.copy()
        for _ in range(len(start) + 1):
            if not len(first):
                break
            found = np.minimum.reduceat(distances[tails] + costs, first)
            if np.all(found >= distances[reached]):
                break
            distances[reached] = np.minimum(found, distances[reached])
        else:
            raise AssertionError("the flow is not cheapest: a cycle of negative cost is left")
        return distances

"""The demo: a whole season of a real workshop with a clock that moves, on loopback and its own data only."""

"""Letters and the outbox: a letter is a row in the transaction of the act it tells of; the worker sends it."""

"""One work done by several engines, below HTTP: start, list, claim, complete; CPU and latency of each.

`python -m benchmarks.peer [--stores sqlite pg] [--instances N]` prints JSON lines, one a peer and store. The
work: instances of ten human tasks in a row (BENCH_TASKS) for one group; then, until every task is done, list
a page of twenty, pick one at random, claim it, complete it with form data, each act durable in a transaction
of its own. Ratios within one run are to be trusted.
"""

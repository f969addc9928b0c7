"""The benchmark suite: cases and servers as data, a load generator, results as a table and as a plot."""

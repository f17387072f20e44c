"""Measure the engine: accuracy, time of a key, start, memory, what learning is worth.

Enter at accuracy.py and latency.py for single measurements, at report_run.py for all figures of
docs/benchmarks.md; goals.py says what the page shows. Commands, the training package and the benchmarks of
the window import it; nothing that runs while a user types does.
"""

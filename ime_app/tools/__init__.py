"""Drive the window from outside: screenshots, and what its start costs.

Enter at screenshot.py and start_benchmark.py, both commands. Nothing imports it.
"""

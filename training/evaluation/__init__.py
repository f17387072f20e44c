"""Judge models: held-out loss, accuracy in the engine's own search, reports, parity.

Enter at evaluate.py for one model and at report.py for a page on one or two. The commands, experiments and
fine-tuning import it.
"""

"""Keep experiments that can be repeated: pruning, distillation, precisions, a ranker learnt from picks.

Enter at shrink_command.py and ranker_command.py. `training.commands` alone imports it; docs/experiments.md
has the results.
"""

"""Retrain a user's models on the user's phrases, and decide whether the result is used.

Enter at `retrain` in retrain.py, which has the order of the steps; acceptance.py decides. The command
`finetune` imports it; the window runs that command as a process.
"""

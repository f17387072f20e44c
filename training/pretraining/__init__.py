"""Train a decoder from shards and a recipe, alone or on several processes.

Enter at trainer.py, the loop; recipe.py has the settings, checkpoint.py the files of a run. The commands,
experiments and fine-tuning import it.
"""

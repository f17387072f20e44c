"""Write models as bundles, and read them back: ONNX graphs, int8, import, patch.

Enter at bundle_export.py (a trained model to a bundle) and `restore` in bundle_import.py (a bundle to a
model). Fine-tuning, pretraining, evaluation, experiments and the commands import it.
"""

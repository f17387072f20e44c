"""Load and run the models of a bundle: decoder, n-grams.

Enter at `Bundle.load` in bundle.py and at the protocol `Decoder` in decoder.py; onnx_decoder.py is the only
module that imports onnxruntime, fake_decoder.py needs no model. Conversion asks the models; the factory and
the training package load them.
"""

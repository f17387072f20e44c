"""Moyin's engine: from keystrokes to ranked hanzi, headless and local.

Works on keys, syllables and token ids; knows nothing of windows or of training.
"""

import os

# onnxruntime from 1.29 on sends reports on its use to its maker, on Linux and macOS as well, and keeps a
# number for the machine in ~/.cache. It looks at this once, when it is loaded, and then does neither.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

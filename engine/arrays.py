"""Name the array types that the packages exchange."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]


IntArray = npt.NDArray[np.int64]


BoolArray = npt.NDArray[np.bool_]

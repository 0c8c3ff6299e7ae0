#!/usr/bin/env python3
"""Writes the golden values of the batch detectors, computed by scikit-learn and PyOD on a small synthetic set.

    scripts/goldens/batch_detectors.py      writes awatch-detect/tests/golden/batch_detectors.json

Needs scikit-learn and pyod; the versions that made the file stand in it.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pyod
import sklearn
from pyod.models.copod import COPOD
from pyod.models.ecod import ECOD
from pyod.models.knn import KNN
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

GOLDEN = Path(__file__).resolve().parents[2] / "awatch-detect/tests/golden"
VERSIONS = {"numpy": np.__version__, "pyod": pyod.__version__, "scikit-learn": sklearn.__version__}


def synthetic():
    """Correlated, skewed, discrete and heavy-tailed columns on scales far apart; six columns, 160 rows."""
    random = np.random.RandomState(20261120)
    rows = 160
    base = random.normal(size=rows)
    return np.column_stack([
        50 + 10 * base,
        1e6 * (2 * base + random.normal(size=rows)),
        random.exponential(3, size=rows),
        random.randint(0, 4, size=rows).astype(float),
        -7 + random.standard_t(3, size=rows),
        base * random.normal(size=rows) * 0.5 + 1,
    ])


def small():
    train = synthetic()
    scaler = StandardScaler().fit(train)
    scaled = scaler.transform(train)
    # Some rows beyond the training data, for the models that are functions of the row alone.
    beyond = np.vstack([train.mean(axis=0), train.max(axis=0) * 1.5, train.min(axis=0) - 3.0, train[7][::-1]])
    scaled_beyond = scaler.transform(beyond)
    pca = PCA(n_components=0.85, svd_solver="full").fit(scaled)
    shrunk = LedoitWolf().fit(scaled)
    knn = KNN(n_neighbors=5, method="largest", algorithm="brute").fit(scaled)

    def residual(rows):
        return ((rows - pca.inverse_transform(pca.transform(rows))) ** 2).tolist()

    return {
        "versions": VERSIONS,
        "train": train.tolist(),
        "beyond": beyond.tolist(),
        "ecod": ECOD().fit(train).decision_scores_.tolist(),
        "copod": COPOD().fit(train).decision_scores_.tolist(),
        "pca_components": int(pca.n_components_),
        "pca_squared_residuals": residual(scaled),
        "pca_squared_residuals_beyond": residual(scaled_beyond),
        "ledoit_wolf_shrinkage": float(shrunk.shrinkage_),
        "mahalanobis": shrunk.mahalanobis(scaled).tolist(),
        "mahalanobis_beyond": shrunk.mahalanobis(scaled_beyond).tolist(),
        "knn_beyond": knn.decision_function(scaled_beyond).tolist(),
    }


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    (GOLDEN / "batch_detectors.json").write_text(json.dumps(small(), indent=1) + "\n")

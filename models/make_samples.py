"""Makes the models of models/sample, each beside rows that the library it comes from computed.

    python models/make_samples.py [NAME ...]

It needs scikit-learn, skl2onnx, xgboost, lightgbm and onnxmltools; networks of PyTorch need torch, and are left as they
are where it is not at hand. Everything is drawn from seeds. `alpha` is trained on the sample series, the others on
made-up rows: they are there to have every operator that exporters write in a file that a test reads.
"""

import csv
import gzip
import sys
import warnings
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
OUT = HERE / "sample"
FEATURES = 7
ROWS = 12


def market(classes):
    """Seeded rows of features like those of a strategy, and a class or a number for each."""
    rng = np.random.default_rng(7)
    x = np.column_stack([
        rng.uniform(5, 95, 600),
        rng.normal(0, 2, 600),
        rng.normal(0, 1, (600, FEATURES - 2)),
    ]).astype(np.float32)
    score = 0.04 * (x[:, 0] - 50) - 0.5 * x[:, 1] + np.sin(2 * x[:, 2]) + x[:, 3] * x[:, 4]
    score += rng.normal(0, 0.3, 600)
    if classes is None:
        return x, score.astype(np.float32)
    return x, np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))


def store(name, onnx, rows, outputs):
    """Writes a model and its golden rows: inputs x0, x1, ..., outputs y0, y1, ..."""
    onnx.producer_version = ""
    (OUT / f"{name}.onnx").write_bytes(onnx.SerializeToString())
    outputs = np.asarray(outputs, dtype=np.float32).reshape(len(rows), -1)
    with open(OUT / f"{name}.golden.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([f"x{k}" for k in range(rows.shape[1])] + [f"y{k}" for k in range(outputs.shape[1])])
        for x, y in zip(rows, outputs):
            writer.writerow([repr(float(v)) for v in x] + [repr(float(v)) for v in y])


def sklearn_model(name, model, classes, zipmap=False):
    from skl2onnx import to_onnx

    x, y = market(classes)
    model.fit(x, y)
    options = {"zipmap": zipmap} if classes else None
    onnx = to_onnx(model, x[:1], options=options, target_opset={"": 17, "ai.onnx.ml": 3})
    rows = x[:ROWS]
    store(name, onnx, rows, model.predict_proba(rows) if classes else model.predict(rows))


def boosted(name, model, classes, convert):
    from onnxmltools.convert.common.data_types import FloatTensorType

    x, y = market(classes)
    model.fit(x, y)
    inputs = [("input", FloatTensorType([None, FEATURES]))]
    onnx = convert(model, initial_types=inputs, target_opset=15)
    rows = x[:ROWS]
    store(name, onnx, rows, model.predict_proba(rows) if classes else model.predict(rows))


def torch_model(name, layers, classes):
    import io

    import onnx
    import torch

    torch.manual_seed(7)
    x, y = market(classes)
    scaled = torch.tensor(x / np.abs(x).max(axis=0))
    model = layers(torch.nn)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    target = torch.tensor(y, dtype=torch.long)
    for _ in range(200):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(scaled), target).backward()
        optimizer.step()
    model.eval()
    file = io.BytesIO()
    names = {"input_names": ["x"], "output_names": ["y"], "dynamic_axes": {"x": {0: "n"}, "y": {0: "n"}}}
    torch.onnx.export(model, (scaled[:1],), file, opset_version=17, dynamo=False, **names)
    rows = scaled[:ROWS]
    with torch.no_grad():
        store(name, onnx.load_from_string(file.getvalue()), rows.numpy(), model(rows).numpy())


def alpha():
    """Falls, holds or rises over the next five days? From four features of the sample series up to 2009."""
    from skl2onnx import to_onnx
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    with gzip.open(HERE.parent / "data/sample/sp500.csv.gz", "rt") as file:
        table = list(csv.DictReader(file))
    years = np.array([int(row["Date"].split("/")[2]) for row in table])
    close = np.array([float(row["Close"]) for row in table])
    change = np.diff(close, prepend=close[0])
    gain, loss = wilder(np.maximum(change, 0), 14), wilder(np.maximum(-change, 0), 14)
    mean = np.array([close[max(0, k - 19):k + 1].mean() for k in range(len(close))])
    deviation = np.array([close[max(0, k - 19):k + 1].std() for k in range(len(close))])
    x = np.column_stack([
        100 * gain / np.maximum(gain + loss, 1e-12),
        roc(close, 5),
        roc(close, 21),
        (close - mean) / np.maximum(deviation, 1e-12),
    ]).astype(np.float32)
    # In usual moves of the last month, so that calm years have falls and rises, too.
    ahead = (np.roll(close, -5) - close) / np.maximum(deviation, 1e-12)
    y = np.where(ahead > 0.4, 1, np.where(ahead < -0.4, -1, 0))
    train = (np.arange(len(close)) > 300) & (years < 2010)
    model = make_pipeline(StandardScaler(), MLPClassifier((16, 8), alpha=0.1, max_iter=300, random_state=7))
    model.fit(x[train], y[train])
    onnx = to_onnx(model, x[:1], options={"zipmap": False}, target_opset={"": 17, "ai.onnx.ml": 3})
    rows = x[train][::400]
    store("alpha", onnx, rows, model.predict_proba(rows))


def wilder(x, n):
    """Wilder's average, begun with the mean of the first n values."""
    out = np.full(len(x), np.nan)
    out[n] = x[1:n + 1].mean()
    for k in range(n + 1, len(x)):
        out[k] = out[k - 1] + (x[k] - out[k - 1]) / n
    return out


def roc(close, n):
    out = np.full(len(close), np.nan)
    out[n:] = 100 * (close[n:] / close[:-n] - 1)
    return out


def samples():
    from sklearn import ensemble, linear_model, neural_network, pipeline, preprocessing, tree

    def scaled(model):
        return pipeline.make_pipeline(preprocessing.StandardScaler(), model)

    def network(hidden, activation):
        return neural_network.MLPClassifier(hidden, activation=activation, max_iter=200, random_state=7)

    yield "alpha", alpha
    yield "sk-mlp", lambda: sklearn_model("sk-mlp", scaled(network((64, 32), "relu")), 3)
    yield "sk-mlp-two", lambda: sklearn_model("sk-mlp-two", network((8,), "tanh"), 2, zipmap=True)
    yield "sk-mlp-value", lambda: sklearn_model("sk-mlp-value", scaled(neural_network.MLPRegressor(
        hidden_layer_sizes=(8, 8), activation="logistic", max_iter=300, random_state=7)), None)
    yield "sk-logistic", lambda: sklearn_model("sk-logistic", scaled(linear_model.LogisticRegression()), 3, zipmap=True)
    yield "sk-logistic-two", lambda: sklearn_model("sk-logistic-two", scaled(linear_model.LogisticRegression()), 2)
    yield "sk-ridge", lambda: sklearn_model("sk-ridge", scaled(linear_model.Ridge()), None)
    yield "sk-normalized", lambda: sklearn_model("sk-normalized", pipeline.make_pipeline(
        preprocessing.Normalizer(), linear_model.LogisticRegression()), 3)
    yield "sk-tree", lambda: sklearn_model("sk-tree", tree.DecisionTreeClassifier(max_depth=3, random_state=7), 3)
    yield "sk-forest", lambda: sklearn_model("sk-forest", ensemble.RandomForestClassifier(
        8, max_depth=4, random_state=7), 3)
    yield "sk-forest-value", lambda: sklearn_model("sk-forest-value", ensemble.RandomForestRegressor(
        8, max_depth=4, random_state=7), None)
    yield "sk-boosting", lambda: sklearn_model("sk-boosting", ensemble.GradientBoostingClassifier(
        n_estimators=8, max_depth=2, random_state=7), 3)
    yield "sk-boosting-two", lambda: sklearn_model("sk-boosting-two", ensemble.GradientBoostingClassifier(
        n_estimators=12, max_depth=2, random_state=7), 2, zipmap=True)
    yield from boosters()
    yield from networks()


def boosters():
    import lightgbm
    import onnxmltools
    import xgboost

    small = {"n_estimators": 10, "max_depth": 3, "random_state": 7}
    for name, classes in [("xgb", 3), ("xgb-two", 2), ("xgb-value", None)]:
        kind = xgboost.XGBClassifier if classes else xgboost.XGBRegressor
        yield name, lambda n=name, c=classes, k=kind: boosted(
            n, k(**small, base_score=0.5), c, onnxmltools.convert_xgboost)
    for name, classes in [("lgbm", 3), ("lgbm-two", 2), ("lgbm-value", None)]:
        kind = lightgbm.LGBMClassifier if classes else lightgbm.LGBMRegressor
        yield name, lambda n=name, c=classes, k=kind: boosted(
            n, k(**small, verbose=-1), c, onnxmltools.convert_lightgbm)


def networks():
    yield "torch-mlp", lambda: torch_model("torch-mlp", lambda nn: nn.Sequential(
        nn.Linear(FEATURES, 16), nn.LeakyReLU(0.1), nn.Linear(16, 3)), 3)
    yield "torch-softmax", lambda: torch_model("torch-softmax", lambda nn: nn.Sequential(
        nn.Linear(FEATURES, 64), nn.ReLU(), nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 3), nn.Softmax(dim=1)), 3)
    # What the native runtime does not run.
    yield "torch-gelu", lambda: torch_model("torch-gelu", lambda nn: nn.Sequential(
        nn.Linear(FEATURES, 8), nn.GELU(), nn.LayerNorm(8), nn.Linear(8, 3), nn.Softmax(dim=1)), 3)


def main():
    warnings.simplefilter("ignore")
    wanted = sys.argv[1:]
    OUT.mkdir(exist_ok=True)
    for name, make in samples():
        if wanted and name not in wanted:
            continue
        try:
            make()
        except ModuleNotFoundError as error:
            print(f"{name}: left as it is, there is no {error.name}")
        else:
            print(name)


if __name__ == "__main__":
    main()

"""Opens the Arrow files of a run in pyarrow, polars and pandas: names, types, rows and sums must agree."""

import json
import sys
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.ipc

TIME = pa.timestamp("ns", "UTC")
WORD = "word"
COLUMNS = {
    "equity.arrow": {"ts": TIME, "equity": pa.float64(), "gross": pa.float64()},
    "trades.arrow": {
        "symbol": WORD,
        "side": WORD,
        "qty": pa.float64(),
        "entry_ts": TIME,
        "exit_ts": TIME,
        "entry_price": pa.float64(),
        "exit_price": pa.float64(),
        "pnl": pa.float64(),
        "return": pa.float64(),
        "fees": pa.float64(),
        "mae": pa.float64(),
        "mfe": pa.float64(),
        "bars_held": pa.uint32(),
        "exit_reason": WORD,
    },
    "fills.arrow": {"ts": TIME, "symbol": WORD, "side": WORD, "price": pa.float64(), "qty": pa.float64()},
    "orders.arrow": {"symbol": WORD, "side": WORD, "state": WORD},
}


def check(path, columns):
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    for name, wanted in columns.items():
        found = table.schema.field(name).type
        fits = pa.types.is_dictionary(found) if wanted is WORD else found == wanted
        assert fits, f"{path.name}: {name} is {found}, not {wanted}"

    polars = pl.read_ipc(path)
    pandas = pd.read_feather(path)
    assert len(polars) == len(pandas) == table.num_rows, f"{path.name}: rows differ"
    for name, wanted in columns.items():
        if wanted == TIME:
            assert str(pandas[name].dtype) == "datetime64[ns, UTC]", f"{path.name}: {name} is {pandas[name].dtype}"
            assert polars[name].dtype == pl.Datetime("ns", "UTC"), f"{path.name}: {name} is {polars[name].dtype}"
        elif wanted is WORD:
            assert isinstance(pandas[name].dtype, pd.CategoricalDtype), f"{path.name}: {name} is no category"
            assert polars[name].dtype in (pl.Categorical, pl.Enum), f"{path.name}: {name} is {polars[name].dtype}"
        else:
            sums = {float(pandas[name].sum()), float(polars[name].sum() or 0)}
            assert max(sums) - min(sums) <= 1e-9 * max(1.0, abs(max(sums))), f"{path.name}: {name} sums to {sums}"
    print(f"{path.name}: {table.num_rows} rows")
    return pandas


def main(folder):
    tables = {name: check(folder / name, columns) for name, columns in COLUMNS.items()}
    metrics = json.loads((folder / "metrics.json").read_text())
    equity, trades = tables["equity.arrow"], tables["trades.arrow"]
    assert metrics["trades"] == len(trades)
    assert abs(metrics["final_equity"] - equity["equity"].iloc[-1]) < 1e-9
    assert equity["ts"].is_monotonic_increasing and equity["ts"].is_unique
    assert (trades["exit_ts"] >= trades["entry_ts"]).all()
    assert ((trades["mae"] <= 0) & (trades["mfe"] >= 0)).all()
    print("figures and tables agree")


main(Path(sys.argv[1]))

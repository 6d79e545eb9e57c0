"""Opens the catalog as a hive dataset in pyarrow, pandas, polars and DuckDB: rows, keys and sums must agree."""

import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds

KEYS = {"kind", "venue", "symbol", "interval"}
COLUMNS = ["ts", "open", "high", "low", "close", "volume"]


def main(root):
    pattern = f"{root}/**/*.parquet"
    arrow = ds.dataset([str(p) for p in sorted(root.glob("**/*.parquet"))], partitioning="hive", partition_base_dir=str(root))
    table = arrow.to_table()
    assert KEYS <= set(table.column_names), table.column_names
    assert [name for name in table.column_names if name not in KEYS] == COLUMNS
    assert str(table.schema.field("ts").type) == "timestamp[ns, tz=UTC]", table.schema.field("ts").type

    pandas = pd.concat(pd.read_parquet(p) for p in sorted(root.glob("**/*.parquet")))
    polars = pl.read_parquet(pattern, hive_partitioning=True)
    rows, total, symbols = duckdb.sql(
        f"select count(*), sum(close), count(distinct symbol) from read_parquet('{pattern}', hive_partitioning = true)"
    ).fetchone()

    assert table.num_rows == len(pandas) == len(polars) == rows > 0
    sums = [float(pandas["close"].sum()), float(polars["close"].sum()), float(total)]
    assert max(sums) - min(sums) <= 1e-9 * abs(max(sums)), sums
    assert symbols == polars["symbol"].n_unique() == len(set(table["symbol"].to_pylist()))
    print(f"{rows} bars of {symbols} symbols")


main(Path(sys.argv[1]))

"""Opens the files of a run as its users do: check_run.py experiments/runs/3f/3f9a…

Each Arrow file is opened by pyarrow (mapped, without a copy), polars and pandas. Names, types, rows and sums must
agree with the format and with each other, and with metrics.json and manifest.json.
"""

import json
import sys
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc

from checks import check, check_equal, check_sums, finish

INSTANT, WORD, NUMBER, COUNT, ID, LOTS, FLAG = "instant", "word", "number", "count", "id", "lots", "flag"

# Column to (kind, whether it may be absent), in the order of the file.
KEYS = {"venue": (WORD, False), "instrument": (COUNT, False)}
TABLES = {
    "equity.arrow": {
        "ts": (INSTANT, False),
        "equity": (NUMBER, False),
        "gross": (NUMBER, False),
        "drawdown": (NUMBER, False),
        "benchmark": (NUMBER, False),
    },
    "trades.arrow": {
        "symbol": (WORD, False),
        "side": (WORD, False),
        "qty": (NUMBER, False),
        "entry_ts": (INSTANT, False),
        "exit_ts": (INSTANT, False),
        "entry_price": (NUMBER, False),
        "exit_price": (NUMBER, False),
        "pnl": (NUMBER, False),
        "return": (NUMBER, False),
        "fees": (NUMBER, False),
        "slippage": (NUMBER, False),
        "mae": (NUMBER, False),
        "mfe": (NUMBER, False),
        "bars_held": (COUNT, False),
        "exit_reason": (WORD, False),
        **KEYS,
        "qty_lots": (LOTS, False),
    },
    "fills.arrow": {
        "ts": (INSTANT, False),
        "order_id": (ID, False),
        "symbol": (WORD, False),
        "side": (WORD, False),
        "qty": (NUMBER, False),
        "price": (NUMBER, False),
        "fee": (NUMBER, False),
        "slippage": (NUMBER, False),
        "maker": (FLAG, False),
        **KEYS,
        "qty_lots": (LOTS, False),
        "price_ticks": (LOTS, False),
    },
    "orders.arrow": {
        "order_id": (ID, False),
        "submitted_ts": (INSTANT, False),
        "symbol": (WORD, False),
        "side": (WORD, False),
        "qty": (NUMBER, False),
        "type": (WORD, False),
        "limit_price": (NUMBER, True),
        "trigger_price": (NUMBER, True),
        "trail_offset": (NUMBER, True),
        "tif": (WORD, False),
        "post_only": (FLAG, False),
        "reduce_only": (FLAG, False),
        "oco_group": (ID, True),
        "parent_id": (ID, True),
        "state": (WORD, False),
        "filled_qty": (NUMBER, False),
        "reject_reason": (WORD, True),
        "updated_ts": (INSTANT, False),
        **KEYS,
        "qty_lots": (LOTS, False),
        "filled_lots": (LOTS, False),
        "limit_ticks": (LOTS, True),
        "trigger_ticks": (LOTS, True),
        "trail_ticks": (LOTS, True),
    },
}

ARROW_TYPES = {
    INSTANT: pa.timestamp("ns", "UTC"),
    WORD: pa.dictionary(pa.int32(), pa.string()),
    NUMBER: pa.float64(),
    COUNT: pa.uint32(),
    ID: pa.uint64(),
    LOTS: pa.int64(),
    FLAG: pa.bool_(),
}
POLARS_TYPES = {
    INSTANT: pl.Datetime("ns", "UTC"),
    WORD: pl.Categorical,
    NUMBER: pl.Float64,
    COUNT: pl.UInt32,
    ID: pl.UInt64,
    LOTS: pl.Int64,
    FLAG: pl.Boolean,
}
PANDAS_TYPES = {
    INSTANT: "datetime64[ns, UTC]",
    WORD: "category",
    NUMBER: "float64",
    COUNT: "uint32",
    ID: "uint64",
    LOTS: "int64",
    FLAG: "bool",
}


def columns_of(name, table):
    """The columns that the file must have: the benchmark is there where the run has one."""
    columns = dict(TABLES[name])
    if name == "equity.arrow" and "benchmark" not in table.column_names:
        check_equal(f"{name} names no benchmark", table.schema.metadata.get(b"workbench.benchmark"), None)
        del columns["benchmark"]
    return columns


def facts(words, numbers, instants):
    """What every library must agree on: numbers of rows per word, and the ends of time columns."""
    return {"words": words, "numbers": numbers, "instants": instants}


def check_pyarrow(path, run_id):
    """Maps the file; returns its columns and facts."""
    name = path.name
    source = pa.memory_map(str(path))
    before = pa.total_allocated_bytes()
    table = ipc.open_file(source).read_all()
    check_equal(f"{name} pyarrow maps it without a copy", pa.total_allocated_bytes() - before, 0)
    columns = columns_of(name, table)
    check_equal(f"{name} pyarrow names", table.column_names, list(columns))
    types = {c: (table.schema.field(c).type, table.schema.field(c).nullable) for c in table.column_names}
    expected = {c: (ARROW_TYPES[kind], absent) for c, (kind, absent) in columns.items()}
    check_equal(f"{name} pyarrow types", types, expected)
    metadata = {k.decode(): v.decode() for k, v in (table.schema.metadata or {}).items()}
    check_equal(f"{name} states its format", metadata.get("workbench.format"), "1")
    check_equal(f"{name} states its run", metadata.get("workbench.run"), run_id)
    check(f"{name} states its currency", bool(metadata.get("workbench.currency")), metadata.get("workbench.currency"))
    table.validate(full=True)
    words, numbers, instants = {}, {}, {}
    for column, (kind, _) in columns.items():
        values = table.column(column)
        if kind == WORD:
            counts = pc.value_counts(values.cast(pa.string()).drop_null()).to_pylist()
            words[column] = {c["values"]: c["counts"] for c in counts}
        elif kind == INSTANT:
            ns = values.cast(pa.int64())
            instants[column] = (pc.min(ns).as_py(), pc.max(ns).as_py())
        else:
            numbers[column] = float(pc.sum(values.cast(pa.float64())).as_py() or 0.0)
    return table, columns, facts(words, numbers, instants)


def check_polars(path, columns, rows, expected):
    """Reads the file with polars."""
    name = path.name
    frame = pl.read_ipc(path)
    check_equal(f"{name} polars rows", frame.height, rows)
    types = {c: POLARS_TYPES[kind] for c, (kind, _) in columns.items()}
    # Compared one by one: `Categorical` is equal to every categorical type, whatever its categories.
    wrong = [c for c in types if frame.schema.get(c) != types[c]]
    check_equal(f"{name} polars names", frame.columns, list(columns))
    check(f"{name} polars types", not wrong, ", ".join(f"{c} is {frame.schema.get(c)}" for c in wrong))
    words, numbers, instants = {}, {}, {}
    for column, (kind, _) in columns.items():
        values = frame[column]
        if kind == WORD:
            words[column] = dict(values.cast(pl.String).drop_nulls().value_counts().iter_rows())
        elif kind == INSTANT:
            ns = values.to_physical()
            instants[column] = (ns.min(), ns.max())
        else:
            numbers[column] = float(values.cast(pl.Float64).sum())
    check_facts(f"{name} polars", facts(words, numbers, instants), expected)


def check_pandas(path, columns, rows, expected):
    """Reads the file with pandas."""
    name = path.name
    frame = pd.read_feather(path)
    check_equal(f"{name} pandas rows", len(frame), rows)
    check_equal(f"{name} pandas names", list(frame.columns), list(columns))
    types = {}
    for column, (kind, absent) in columns.items():
        # A whole number that is absent somewhere is a float in pandas.
        float_instead = absent and kind in (ID, LOTS) and frame[column].isna().any()
        types[column] = "float64" if float_instead else PANDAS_TYPES[kind]
    check_equal(f"{name} pandas types", frame.dtypes.astype(str).to_dict(), types)
    words, numbers, instants = {}, {}, {}
    for column, (kind, _) in columns.items():
        values = frame[column]
        if kind == WORD:
            counts = values.dropna().astype(str).value_counts()
            words[column] = {word: int(count) for word, count in counts.items()}
        elif kind == INSTANT:
            # Not through a float: nanoseconds have more digits than one holds.
            ns = values.astype("int64")
            instants[column] = (int(ns.min()), int(ns.max())) if len(ns) else (None, None)
        else:
            numbers[column] = float(values.astype("float64").sum())
    check_facts(f"{name} pandas", facts(words, numbers, instants), expected)


def check_facts(what, found, expected):
    """Compares what one library found with what pyarrow did."""
    check_equal(f"{what} words", found["words"], expected["words"])
    check_equal(f"{what} instants", found["instants"], expected["instants"])
    check_sums(f"{what} sums", found["numbers"], expected["numbers"])


def check_meaning(tables):
    """Checks what must hold in the tables of every run."""
    ts = tables["equity.arrow"]["ts"].cast(pa.int64())
    check("equity.arrow instants ascend", len(ts) < 2 or pc.all(pc.greater(ts[1:], ts[:-1])).as_py())
    fall = pc.min(tables["equity.arrow"]["drawdown"]).as_py()
    check("equity.arrow drawdowns are not negative", fall is None or fall >= 0, fall)
    trades = tables["trades.arrow"]
    for what, holds in (
        ("end after they begin", pc.greater_equal(trades["exit_ts"], trades["entry_ts"])),
        ("lose at worst and gain at best", pc.and_(pc.less_equal(trades["mae"], 0), pc.greater_equal(trades["mfe"], 0))),
    ):
        check(f"trades.arrow trades {what}", pc.all(holds).as_py() is not False)


def check_json(run, run_id, tables):
    """Checks the two JSON files against the tables."""
    manifest = json.loads((run / "manifest.json").read_text())
    metrics = json.loads((run / "metrics.json").read_text())
    check_equal("manifest.json is of the run", manifest["id"], run_id)
    check_equal("metrics.json is of the run", metrics["run_id"], run_id)
    check_equal("metrics.json has the digest", metrics["digest"], manifest["digest"])
    sizes = {output["name"]: output["bytes"] for output in manifest["outputs"]}
    found = {f.name: f.stat().st_size for f in run.iterdir() if f.name != "manifest.json"}
    check_equal("manifest.json names every other file", sizes, found)
    for key, name in (
        ("bars", "equity.arrow"),
        ("trades", "trades.arrow"),
        ("fills", "fills.arrow"),
        ("orders", "orders.arrow"),
    ):
        check_equal(f"metrics.json counts {key}", metrics[key], tables[name].num_rows)
    if tables["equity.arrow"].num_rows:
        check_equal("metrics.json has the last equity", metrics["final_equity"], tables["equity.arrow"]["equity"][-1].as_py())
    numbers = {k: v for k, v in metrics.items() if k not in ("run_id", "digest")}
    odd = {k: v for k, v in numbers.items() if v is not None and type(v) not in (int, float)}
    check_equal("metrics.json has numbers and nulls", odd, {})


def main(run):
    """Checks one run."""
    tables = {}
    for name in TABLES:
        path = run / name
        table, columns, expected = check_pyarrow(path, run.name)
        tables[name] = table
        check_polars(path, columns, table.num_rows, expected)
        check_pandas(path, columns, table.num_rows, expected)
    check_meaning(tables)
    check_json(run, run.name, tables)
    finish()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve())

"""Opens the tables of a sweep as its users do: check_sweep.py experiments/sweeps/a0/a07b…

trials.arrow and returns.arrow are opened by pyarrow (mapped, without a copy), polars and pandas. Names, types, rows and
sums must agree with each other and with manifest.json and summary.json.
"""

import json
import sys
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc

from check_run import ARROW_TYPES, ID, LOTS, NUMBER, WORD
from checks import check, check_equal, check_sums, finish

STATUS = {"ok", "infeasible", "failed"}
PARAM_TYPES = {ARROW_TYPES[LOTS], ARROW_TYPES[NUMBER], ARROW_TYPES[WORD], pa.bool_()}


def mapped(path):
    """The table, mapped without a copy."""
    before = pa.total_allocated_bytes()
    table = ipc.open_file(pa.memory_map(str(path))).read_all()
    check_equal(f"{path.name} pyarrow maps it without a copy", pa.total_allocated_bytes() - before, 0)
    table.validate(full=True)
    return table


def check_trials(path, sweep_id):
    """Checks names, types and meaning; returns the table."""
    table = mapped(path)
    metadata = {k.decode(): v.decode() for k, v in table.schema.metadata.items()}
    check_equal("trials.arrow states its format", metadata.get("workbench.format"), "1")
    check_equal("trials.arrow states its sweep", metadata.get("workbench.sweep"), sweep_id)
    check("trials.arrow states its objective", bool(metadata.get("workbench.objective")), metadata)
    types = {name: table.schema.field(name).type for name in table.column_names}
    check_equal("trials.arrow type of number", types["number"], ARROW_TYPES[ID])
    check_equal("trials.arrow type of status", types["status"], ARROW_TYPES[WORD])
    check_equal("trials.arrow type of message", types["message"], pa.string())
    params = [name for name in types if name.startswith("params.")]
    check("trials.arrow has parameters", bool(params), ", ".join(params))
    odd = [name for name in params if types[name] not in PARAM_TYPES]
    check_equal("trials.arrow types of parameters", odd, [])
    rest = set(types) - {"number", "status", "message", *params}
    check_equal("trials.arrow types of figures", {types[name] for name in rest}, {ARROW_TYPES[NUMBER]})
    numbers = table["number"].to_pylist()
    check_equal("trials.arrow numbers count from 0", numbers, list(range(len(numbers))))
    check("trials.arrow knows its statuses", set(table["status"].to_pylist()) <= STATUS)
    wrong = pc.and_(pc.equal(table["status"].cast(pa.string()), "ok"), pc.is_valid(table["message"]))
    check("trials.arrow has no message where all is well", not pc.any(wrong).as_py())
    return table, [*params, *rest]


def sums(columns, total):
    """The sum of each column that has one."""
    return {name: total(name) for name in columns}


def check_readers(path, table, columns):
    """Reads the trials with polars and pandas and compares sums."""
    numbers = [c for c in columns if table.schema.field(c).type in (pa.float64(), pa.int64())]
    expected = sums(numbers, lambda c: float(pc.sum(table[c].cast(pa.float64())).as_py() or 0.0))
    frame = pl.read_ipc(path)
    check_equal("trials.arrow polars names", frame.columns, table.column_names)
    check_equal("trials.arrow polars rows", frame.height, table.num_rows)
    check_sums("trials.arrow polars sums", sums(numbers, lambda c: float(frame[c].cast(pl.Float64).sum())), expected)
    frame = pd.read_feather(path)
    check_equal("trials.arrow pandas names", list(frame.columns), table.column_names)
    check_equal("trials.arrow pandas rows", len(frame), table.num_rows)
    check_sums("trials.arrow pandas sums", sums(numbers, lambda c: float(frame[c].sum())), expected)
    check_equal("trials.arrow pandas type of status", str(frame["status"].dtype), "category")


def check_returns(path, trials):
    """Checks the returns that are kept."""
    table = mapped(path)
    kind = table.schema.field("returns").type
    check("returns.arrow has lists of one length", pa.types.is_fixed_size_list(kind), kind)
    check("returns.arrow is of trials", set(table["number"].to_pylist()) <= set(trials["number"].to_pylist()))
    frame = pl.read_ipc(path)
    check_equal("returns.arrow polars type", frame.schema["returns"], pl.Array(pl.Float64, kind.list_size))
    expected = float(pc.sum(pc.list_flatten(table["returns"])).as_py() or 0.0)
    frame = pd.read_feather(path)
    check_sums("returns.arrow pandas sum", {"returns": float(frame["returns"].map(sum).sum())}, {"returns": expected})


def check_json(sweep, trials):
    """Checks the two JSON files against the tables."""
    manifest = json.loads((sweep / "manifest.json").read_text())
    summary = json.loads((sweep / "summary.json").read_text())
    check_equal("manifest.json is of the sweep", manifest["id"], sweep.name)
    check_equal("manifest.json counts the trials", manifest["trials"], trials.num_rows)
    sizes = {output["name"]: output["bytes"] for output in manifest["outputs"]}
    found = {f.name: f.stat().st_size for f in sweep.iterdir() if f.name != "manifest.json"}
    check_equal("manifest.json names every other file", sizes, found)
    best = [row["number"] for row in summary["best"]]
    ok = trials.filter(pc.equal(trials["status"].cast(pa.string()), "ok")).sort_by([("objective", "descending"), ("number", "ascending")])
    check_equal("summary.json names the best", best, ok["number"].to_pylist()[: len(best)])


def main(sweep):
    """Checks one sweep of one objective of which more is better."""
    trials, columns = check_trials(sweep / "trials.arrow", sweep.name)
    check_readers(sweep / "trials.arrow", trials, columns)
    check_returns(sweep / "returns.arrow", trials)
    check_json(sweep, trials)
    finish()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve())

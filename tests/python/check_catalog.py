"""Opens a catalog as its users do: check_catalog.py data/catalog

Polars, DuckDB and pandas (through pyarrow) read the whole tree as one hive data set, unaided. Names, types, rows and
sums must agree with each other and with the files read one by one.
"""

import sys
from pathlib import Path
from urllib.parse import unquote

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from checks import check, check_equal, check_sums, finish

KEYS = ["kind", "venue", "symbol", "interval"]
NUMBERS = ["open", "high", "low", "close", "volume"]
COLUMNS = ["ts", *NUMBERS]


def check_files(files):
    """Reads each file by itself; returns rows, ends of time and sums."""
    rows, first, last = 0, None, None
    sums = dict.fromkeys(NUMBERS, 0.0)
    wrong = []
    for file in files:
        # Not as a data set: the folders' keys stay out.
        table = pq.ParquetFile(file).read()
        types = [field.type for field in table.schema]
        if table.column_names != COLUMNS or types != [pa.timestamp("ns", "UTC")] + [pa.float64()] * len(NUMBERS):
            wrong.append(f"{file.name}: {table.schema.to_string()}")
            continue
        ns = table.column("ts").cast(pa.int64())
        if table.num_rows > 1 and not pc.all(pc.greater(ns[1:], ns[:-1])).as_py():
            wrong.append(f"{file.name}: instants do not ascend")
        rows += table.num_rows
        ends = pc.min_max(ns).as_py()
        first = min(x for x in (first, ends["min"]) if x is not None)
        last = max(x for x in (last, ends["max"]) if x is not None)
        for name in NUMBERS:
            sums[name] += pc.sum(table.column(name)).as_py() or 0.0
    check("every file has the columns of a bar, in time order", not wrong, "; ".join(wrong) or f"{len(files)} files")
    return rows, (first, last), sums


def key_counts(files):
    """Rows of each series, by the keys in the folders' names."""
    counts = {}
    for file in files:
        parts = file.parts[-5:-1]
        check_equal(f"{'/'.join(parts)} has the hive keys", [p.split("=")[0] for p in parts], KEYS)
        key = tuple(unescape(p.split("=", 1)[1]) for p in parts)
        counts[key] = counts.get(key, 0) + pq.ParquetFile(file).metadata.num_rows
    return counts


def unescape(text):
    """A hive value: bytes that cannot stand in a folder's name are written %2F."""
    return unquote(text)


def check_polars(root, rows, ends, sums, counts):
    """Reads the tree with polars."""
    frame = pl.read_parquet(root / "**/*.parquet", hive_partitioning=True)
    check_equal("polars names", frame.columns, COLUMNS + KEYS)
    check_equal("polars type of ts", frame.schema["ts"], pl.Datetime("ns", "UTC"))
    check_equal("polars rows", frame.height, rows)
    ns = frame["ts"].to_physical()
    check_equal("polars instants", (ns.min(), ns.max()), ends)
    check_sums("polars sums", {name: frame[name].sum() for name in NUMBERS}, sums)
    groups = frame.group_by(pl.col(KEYS).cast(pl.String)).len()
    found = {row[:-1]: row[-1] for row in groups.iter_rows()}
    check_equal("polars rows of each series", found, counts)


def check_duckdb(root, rows, ends, sums, counts):
    """Reads the tree with DuckDB."""
    pattern = str(root / "**/*.parquet").replace("'", "''")
    connection = duckdb.connect()
    bars = f"read_parquet('{pattern}', hive_partitioning = true)"
    described = {row[0]: row[1] for row in connection.execute(f"describe select * from {bars}").fetchall()}
    check_equal("duckdb names", sorted(described), sorted(COLUMNS + KEYS))
    check("duckdb type of ts", described.get("ts", "").startswith("TIMESTAMP"), described.get("ts"))
    select = ", ".join(f"sum({name})" for name in NUMBERS)
    row = connection.execute(f"select count(*), epoch_ns(min(ts)), epoch_ns(max(ts)), {select} from {bars}").fetchone()
    check_equal("duckdb rows", row[0], rows)
    # Before its version 2, DuckDB keeps instants with a zone in microseconds.
    check_equal("duckdb instants", micros(row[1:3]), micros(ends))
    check_sums("duckdb sums", {n: x or 0.0 for n, x in zip(NUMBERS, row[3:])}, sums)
    keys = ", ".join(f"{key}::varchar" for key in KEYS)
    found = connection.execute(f"select {keys}, count(*) from {bars} group by {keys}").fetchall()
    check_equal("duckdb rows of each series", {row[:-1]: row[-1] for row in found}, counts)


def micros(instants):
    """Nanoseconds as whole microseconds."""
    return [ns if ns is None else ns // 1000 for ns in instants]


def check_pandas(root, files, rows, ends, sums, counts):
    """Reads the tree with pyarrow into pandas."""
    paths = [str(file) for file in files]
    dataset = ds.dataset(paths, format="parquet", partitioning="hive", partition_base_dir=str(root))
    frame = dataset.to_table().to_pandas()
    check_equal("pandas names", list(frame.columns), COLUMNS + KEYS)
    check_equal("pandas type of ts", str(frame["ts"].dtype), "datetime64[ns, UTC]")
    check_equal("pandas rows", len(frame), rows)
    ns = frame["ts"].astype("int64")
    check_equal("pandas instants", (int(ns.min()), int(ns.max())) if len(ns) else (None, None), ends)
    check_sums("pandas sums", {name: float(frame[name].sum()) for name in NUMBERS}, sums)
    found = {key: int(n) for key, n in frame.astype(dict.fromkeys(KEYS, str)).groupby(KEYS).size().items()}
    check_equal("pandas rows of each series", found, counts)


def main(root):
    """Checks one catalog."""
    files = sorted(root.rglob("*.parquet"))
    check("the catalog has files", bool(files), f"{len(files)} in {root}")
    if files:
        rows, ends, sums = check_files(files)
        counts = key_counts(files)
        check_equal("rows of the series add up", sum(counts.values()), rows)
        check_polars(root, rows, ends, sums, counts)
        check_duckdb(root, rows, ends, sums, counts)
        check_pandas(root, files, rows, ends, sums, counts)
    finish()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve())

"""Writes the targets of the default strategy as other tools would: make_signals.py PROJECT

The averages, the crossings and the labels of rows are pandas' own; the workbench must trade them as it trades sma-cross.
"""

import sys
from pathlib import Path

import pandas as pd
import polars as pl

project = Path(sys.argv[1])
bars = pl.read_parquet(project / "data/catalog/**/*.parquet", hive_partitioning=True).sort("ts")
closes = pd.Series(bars["close"].to_numpy(), index=bars["ts"].to_pandas().rename("ts"))
above = closes.rolling(10).mean() > closes.rolling(50).mean()
targets = above.astype(float).mul(0.95).iloc[49:]

# Labelled by session, as daily data usually is. The bar of a session closes at the next midnight in New York.
sessions = targets.index.tz_convert("America/New_York") - pd.Timedelta(hours=12)
dates = targets.set_axis(sessions.tz_localize(None).normalize().rename("date"))
frame = dates.rename("target").to_frame()
frame["symbol"] = "SP500"
frame.to_parquet(project / "pandas-dates.parquet")

# Labelled by the open of the bar, with a zone, at changes only: to be used a day later. Clocks change on Sundays, so
# that every session has 24 hours.
opens = targets.set_axis(sessions.normalize().rename("time"))
opens[opens.ne(opens.shift())].rename("target").to_csv(project / "pandas-zoned.csv")

# Labelled by the close, as the catalog itself is.
closes_frame = pl.DataFrame({"ts": pl.Series(targets.index), "symbol": "sample:SP500", "target": targets.to_numpy()})
closes_frame.write_parquet(project / "polars-closes.parquet")
closes_frame.write_ipc(project / "polars-closes.arrow")

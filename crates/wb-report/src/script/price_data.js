// One instrument's bars, features and trades, and the axis they share.
//
// The axis counts bars of the whole history: bar i reaches from i to i + 1, so that nights and gaps take no room. Where
// a bar is embedded in full, its short bars share its width.

const readBars = (packed, price, volumeUnit) => {
  const t = steps(packed.t, 1 / packed.step);
  const c = steps(packed.c, price);
  const gap = plain(packed.o);
  const up = plain(packed.h);
  const down = plain(packed.l);
  const o = gap.map((x, i) => x / price + (i ? c[i - 1] : 0));
  const h = up.map((x, i) => x / price + Math.max(o[i], c[i]));
  const l = down.map((x, i) => Math.min(o[i], c[i]) - x / price);
  return { t, o, h, l, c, v: steps(packed.v, volumeUnit), interval: packed.interval, seconds: packed.seconds };
};

const readTrips = (packed, price) => {
  const entry = steps(packed.entry);
  const entryPrice = steps(packed.price, price);
  return {
    n: entry.length,
    place: steps(packed.place),
    entry,
    exit: plain(packed.held).map((x, i) => x + entry[i]),
    entryPrice,
    exitPrice: plain(packed.move).map((x, i) => x / price + entryPrice[i]),
    side: plain(packed.side),
    pnl: plain(packed.pnl).map((x) => x / packed.pnlUnit),
    ret: plain(packed.ret).map((x) => x / 1e6),
  };
};

const readSeries = (packed) => {
  const price = 10 ** packed.decimals;
  const whole = readBars(packed.whole, price, packed.volumeUnit);
  const full = readBars(packed.full, price, packed.volumeUnit);
  const n = whole.t.length;
  // The short bars of bar i are full[from[i]] up to full[from[i + 1]].
  const from = new Int32Array(n + 1);
  for (let i = 0, k = 0; i < n; i++) {
    from[i] = k;
    while (k < full.t.length && full.t[k] <= whole.t[i]) k++;
    from[i + 1] = k;
  }
  const features = packed.features.map(({ name, onPrice, unit, whole: w, full: f }) => ({
    name,
    onPrice,
    whole: steps(w, unit),
    full: steps(f, unit),
  }));
  const trips = readTrips(packed.trips, price);

  /** How much of a bar has passed at an instant. */
  const passed = (bars, i, time) => Math.min(1, Math.max(0, 1 - (bars.t[i] - time) / bars.seconds));

  /** The place of an instant on the axis. */
  const placeOf = (time) => {
    const i = Math.min(lowerBound(whole.t, time), n - 1);
    const count = from[i + 1] - from[i];
    if (!count) return i + passed(whole, i, time);
    const k = Math.min(lowerBound(full.t.subarray(from[i], from[i + 1]), time), count - 1);
    return i + (k + passed(full, from[i] + k, time)) / count;
  };

  trips.from = trips.entry.map(placeOf);
  trips.to = trips.exit.map(placeOf);
  const shortest = full.t.length ? (20 * full.seconds) / whole.seconds : 12;
  return { ...packed, whole, full, from, features, trips, n, shortest: Math.min(n, Math.max(shortest, 0.02)) };
};

/**
 * What is to be drawn between two places when a unit of the axis is `unit` pixels wide: for each mark its place, width,
 * bar and the values of the features; short bars where they are embedded and wide enough to see, several bars as one
 * where they are too narrow.
 */
const marksBetween = (series, low, high, unit) => {
  const { whole, full, from, features, n } = series;
  const marks = [];
  const add = (x, width, bars, a, b, column) => {
    let h = -Infinity;
    let l = Infinity;
    let v = 0;
    for (let i = a; i < b; i++) {
      h = Math.max(h, bars.h[i]);
      l = Math.min(l, bars.l[i]);
      v += bars.v[i] || 0;
    }
    const values = features.map((feature) => feature[column][b - 1]);
    marks.push({ x, width, t: bars.t[b - 1], o: bars.o[a], h, l, c: bars.c[b - 1], v, values, bars, count: b - a });
  };
  const first = Math.max(0, Math.floor(low));
  const last = Math.min(n, Math.ceil(high));
  const group = Math.max(1, Math.ceil(2.5 / unit));
  for (let i = first - (first % group); i < last; i += group) {
    const count = from[i + 1] - from[i];
    if (group === 1 && count && unit / count >= 1.5) {
      for (let k = 0; k < count; k++) add(i + k / count, 1 / count, full, from[i] + k, from[i] + k + 1, 'full');
    } else if (group === 1 && count > 1 && unit >= 5) {
      // Short bars that are still too narrow, several as one.
      const several = Math.ceil((2.5 * count) / unit);
      for (let k = 0; k < count; k += several) {
        const end = Math.min(count, k + several);
        add(i + k / count, (end - k) / count, full, from[i] + k, from[i] + end, 'full');
      }
    } else {
      add(i, Math.min(group, n - i), whole, i, Math.min(n, i + group), 'whole');
    }
  }
  return marks;
};

// The sweep's trials: parameters as codes of their levels, objectives as values.

const WRITERS = { ratio, percent, money, count, duration: span };

const readParameter = (packed) => {
  const { name, words, values, count: levels, low, high, decimals } = packed;
  const isWords = words.length > 0;
  const isWhole = values.length > 0 && values.every(Number.isInteger);
  /** The value of a code; where there were too many values, the middle of its step, or by `within` its edges. */
  const value = (code, within = 0.5) =>
    values.length ? values[code] : low + ((high - low) * (code + within)) / levels;
  /** A value written: of too many values no finer than a reader can tell. */
  const written = (x) => significant(values.length ? x : Number(x.toFixed(decimals)));
  /** Neighbouring levels together, so that there are at most `most` bins; words stay alone. */
  const bins = (most) => {
    const width = isWords ? 1 : Math.ceil(levels / Math.max(1, most));
    const number = Math.ceil(levels / width);
    const first = (bin) => value(bin * width, 0);
    const last = (bin) => value(Math.min(levels, (bin + 1) * width) - 1, 1);
    const text = (bin) => {
      if (isWords) return words[bin];
      const [from, to] = [written(first(bin)), written(last(bin))];
      return from === to ? from : `${from} to ${to}`;
    };
    return { width, number, first, last, text };
  };
  const text = (code) => (isWords ? words[code] : written(value(code)));
  /** Where a code lies between the ends of an axis, from 0 to 1: numbers at their size, words one after the other. */
  const share = (code) => {
    if (isWords) return (code + 0.5) / levels;
    return high > low ? (value(code) - low) / (high - low) : 0.5;
  };
  return { name, words, isWords, isWhole, levels, low, high, codes: plain(packed.codes), bins, written, text, share };
};

/** A number from 0 to 1 for each row, that looks random and is always the same; `salt` makes another such column. */
const hashed = (row, salt) => {
  // The finalizer of MurmurHash3.
  let h = Math.imul(row + 1, 2654435761) ^ Math.imul(salt + 1, 0x9e3779b9);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
};

/** The value below which a share of the others lies. */
const quantile = (values, share) => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.round((sorted.length - 1) * share)];
};

const readObjective = (packed) => {
  const values = steps(packed.values, packed.unit);
  const sign = packed.high ? 1 : -1;
  const text = (x) => (Number.isNaN(x) ? '–' : WRITERS[packed.written](x));
  return { name: packed.name, values, sign, text, isBetter: (a, b) => sign * a > sign * b };
};

const readSweep = (packed) => {
  const objectives = packed.objectives.map(readObjective);
  const numbers = steps(packed.numbers);
  const parameters = packed.parameters.map(readParameter);
  const choice = (row) => parameters.map((p) => `${p.name} = ${p.text(p.codes[row])}`).join(', ');
  return { n: numbers.length, drawn: packed.drawn, numbers, parameters, objectives, choice };
};

const sweep = readSweep(data.sweep);

/** The colours of the scale from low to high: a function of a share from 0 to 1. */
const colorScale = () => {
  const stops = [0, 1, 2, 3, 4, 5, 6].map((i) => {
    const hex = Number.parseInt(color(`m${i}`).slice(1), 16);
    return [hex >> 16, (hex >> 8) & 255, hex & 255];
  });
  return (share) => {
    const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
    const i = Math.min(stops.length - 2, Math.floor(at));
    const mixed = stops[i].map((from, k) => Math.round(from + (stops[i + 1][k] - from) * (at - i)));
    return `rgb(${mixed.join(' ')})`;
  };
};

/** Words on whatever lies below. */
const labelOver = (pen, text, x, y) => {
  pen.strokeStyle = color('paper');
  pen.lineWidth = 4;
  pen.lineJoin = 'round';
  pen.strokeText(text, x, y);
  pen.fillText(text, x, y);
};

/** Calls `paint` once before the next frame, however often it was asked for. */
const soon = (paint) => {
  let pending = false;
  return () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      paint();
    });
  };
};

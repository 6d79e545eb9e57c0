// Reads the page's data: columns that packed.rs wrote.

const data = JSON.parse(document.getElementById('data').textContent);

/** The whole numbers of a column; NaN where one is absent. */
const plain = (text) => {
  const bytes = atob(text);
  const out = [];
  for (let i = 0; i < bytes.length; ) {
    let code = 0;
    let scale = 1;
    let byte;
    do {
      byte = bytes.charCodeAt(i++);
      code += (byte & 127) * scale;
      scale *= 128;
    } while (byte & 128);
    // Zero is absence; one less is zigzag coded: 0, -1, 1, -2, …
    out.push(code === 0 ? NaN : code % 2 ? (code - 1) / 2 : -code / 2);
  }
  return Float64Array.from(out);
};

/** The values of a column that holds differences, each divided by `unit`. */
const steps = (text, unit = 1) => {
  let sum = 0;
  return plain(text).map((step) => (Number.isNaN(step) ? NaN : (sum += step) / unit));
};

/** The first place in an ascending column whose value is not below `x`. */
const lowerBound = (column, x) => {
  let from = 0;
  let to = column.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (column[middle] < x) from = middle + 1;
    else to = middle;
  }
  return from;
};

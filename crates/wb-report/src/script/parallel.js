// Parallel coordinates: an axis for each parameter and objective, a line for each trial. Axes stand beside each other on
// a wide page and lie below each other on a phone.

(() => {
  const figure = document.getElementById('parallel');
  if (!figure) return;
  const canvas = figure.querySelector('canvas');
  const parts = Object.fromEntries([...figure.querySelectorAll('[data-part]')].map((e) => [e.dataset.part, e]));
  const pick = figure.querySelector('select');
  const LINES = 3000;
  const BEST = 300;
  /** From and to, as shares of its axis, by its place. */
  const kept = new Map();
  let layout = null;

  const objective = () => sweep.objectives[Number(pick.value)];

  /** The ends of an axis and round numbers between them, with what is written there. */
  const roundMarks = (low, high, written, writtenRound) => {
    const step = roundStep((high - low) / 5);
    const inner = [];
    for (let k = Math.ceil(low / step); k * step <= high; k++) {
      const at = (k * step - low) / (high - low);
      if (at > 0.08 && at < 0.92) inner.push([at, k === 0 ? '0' : writtenRound(k * step)]);
    }
    return [[0, written(low)], ...inner, [1, written(high)]];
  };

  const objectiveAxis = ({ name, values, sign, text }) => {
    // A few very bad trials would leave no room for the others.
    const [low, high] = [quantile(values, sign > 0 ? 0.02 : 0), quantile(values, sign > 0 ? 1 : 0.98)];
    const share = (row) => (high > low ? Math.min(1, Math.max(0, (values[row] - low) / (high - low))) : 0.5);
    const written = (x) => (x === (sign > 0 ? low : high) ? `${sign > 0 ? '≤' : '≥'} ${text(x)}` : text(x));
    return { name, share, marks: high > low ? roundMarks(low, high, written, text) : [[0.5, text(low)]] };
  };

  const parameterAxis = (parameter) => {
    const { name, codes, words, low, high, isWords, levels, written } = parameter;
    // Lines of one word are spread over its share of the axis, so that they can be told apart.
    const spread = isWords ? 0.6 / levels : 0;
    const share = (row) => parameter.share(codes[row]) + (hashed(row, 1) - 0.5) * spread;
    if (isWords) return { name, share, marks: words.map((word, code) => [parameter.share(code), word]) };
    if (levels < 6) {
      const marks = Array.from({ length: levels }, (_, code) => [parameter.share(code), parameter.text(code)]);
      return { name, share, marks };
    }
    return { name, share, marks: roundMarks(low, high, written, significant) };
  };

  const axes = [...sweep.parameters.map(parameterAxis), ...sweep.objectives.map(objectiveAxis)];
  // Shares are asked for at every stroke of the pointer.
  const shares = axes.map(({ share }) => Float32Array.from({ length: sweep.n }, (_, row) => share(row)));

  /** Where a share of an axis lies. */
  const measure = () => {
    const isNarrow = canvas.clientWidth < 640;
    canvas.style.height = `${isNarrow ? axes.length * 62 + 12 : 400}px`;
    const { clientWidth: width, clientHeight: height } = canvas;
    const sides = isNarrow ? { from: 6, to: width - 6 } : { from: height - 14, to: 34 };
    // Room beside the outer axes for what is written there, and for half of their names.
    const pen = canvas.getContext('2d');
    pen.font = LETTERS;
    const wide = (text) => pen.measureText(text).width;
    const beside = ({ name, marks }) => Math.max(wide(name) / 2, ...marks.map(([, text]) => wide(text) + 9));
    const first = isNarrow ? 26 : beside(axes[0]);
    const last = isNarrow ? height - 26 : width - beside(axes[axes.length - 1]);
    const across = (axis) => (axes.length > 1 ? first + ((last - first) * axis) / (axes.length - 1) : (first + last) / 2);
    const along = (share) => sides.from + (sides.to - sides.from) * share;
    const point = (axis, share) => (isNarrow ? [along(share), across(axis)] : [across(axis), along(share)]);
    return { isNarrow, sides, across, point };
  };

  const isKept = (row) => {
    for (const [axis, [from, to]] of kept) if (shares[axis][row] < from || shares[axis][row] > to) return false;
    return true;
  };

  /** The trials that are kept, the worst first. */
  const selected = () => {
    const rows = [];
    for (let row = 0; row < sweep.n; row++) if (isKept(row)) rows.push(row);
    const { values, sign } = objective();
    return rows.sort((a, b) => sign * (values[a] - values[b]) || a - b);
  };

  /** At most `LINES` of ascending trials: the best, and others spread evenly by a hash of their place. */
  const thin = (rows) => {
    if (rows.length <= LINES) return rows;
    const share = (LINES - BEST) / (rows.length - BEST);
    return rows.filter((row, i) => i >= rows.length - BEST || hashed(row, 0) < share);
  };

  const paint = () => {
    layout = measure();
    const { pen } = prepare(canvas);
    const rows = selected();
    const drawn = thin(rows);
    const scale = colorScale();
    const ends = axes.length - sweep.objectives.length + Number(pick.value);
    pen.lineWidth = drawn.length > 800 ? 0.8 : 1.2;
    pen.globalAlpha = drawn.length > 800 ? 0.45 : 0.75;
    const { sign } = objective();
    for (const row of drawn) {
      const good = sign > 0 ? shares[ends][row] : 1 - shares[ends][row];
      // The palest colours would not be seen as lines.
      pen.strokeStyle = scale(0.18 + 0.82 * good);
      pen.beginPath();
      axes.forEach((_, axis) => pen[axis ? 'lineTo' : 'moveTo'](...layout.point(axis, shares[axis][row])));
      pen.stroke();
    }
    pen.globalAlpha = 1;
    axes.forEach((axis, i) => paintAxis(pen, axis, i));
    tell(rows, drawn);
  };

  const paintAxis = (pen, { name, marks }, axis) => {
    const { isNarrow, point, across } = layout;
    pen.strokeStyle = color('axis');
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(...point(axis, 0));
    pen.lineTo(...point(axis, 1));
    pen.stroke();
    const range = kept.get(axis);
    if (range) {
      const [[x0, y0], [x1, y1]] = range.map((share) => point(axis, share));
      pen.fillStyle = color('run');
      pen.globalAlpha = 0.3;
      if (isNarrow) pen.fillRect(x0, y0 - 8, x1 - x0, 16);
      else pen.fillRect(x0 - 8, y1, 16, y0 - y1);
      pen.globalAlpha = 1;
    }
    pen.fillStyle = color('quiet');
    let room = -Infinity;
    marks.forEach(([share, text], mark) => {
      const [x, y] = point(axis, share);
      if (isNarrow) {
        const wide = pen.measureText(text).width;
        const from = Math.min(canvas.clientWidth - wide, Math.max(0, x - wide / 2));
        if (from < room || (mark < marks.length - 1 && from + wide > canvas.clientWidth - 40)) return;
        pen.textAlign = 'left';
        labelOver(pen, text, from, y + 12);
        room = from + wide + 10;
      } else {
        pen.textAlign = axis === axes.length - 1 ? 'left' : 'right';
        labelOver(pen, text, x + (axis === axes.length - 1 ? 7 : -7), y);
      }
    });
    pen.fillStyle = color('text');
    pen.textAlign = isNarrow ? 'left' : 'center';
    if (isNarrow) labelOver(pen, name, 0, across(axis) - 13);
    else labelOver(pen, name, across(axis), axes.length > 7 && axis % 2 ? 20 : 8);
  };

  const tell = (rows, drawn) => {
    const { name, values, text } = objective();
    const of = kept.size ? `${count(rows.length)} of ${count(sweep.n)} trials kept` : `${count(rows.length)} trials`;
    if (!rows.length) {
      write(parts.chosen, [[of, 'when']]);
      return;
    }
    const best = rows[rows.length - 1];
    const middle = rows[Math.floor(rows.length / 2)];
    write(parts.chosen, [
      [of, 'when'],
      [`best ${name} ${text(values[best])}: trial ${count(sweep.numbers[best])}, ${sweep.choice(best)}`],
      [`median ${text(values[middle])}`],
    ]);
    parts.note.textContent =
      drawn.length < rows.length
        ? `${count(drawn.length)} of ${count(rows.length)} lines drawn: the best ${count(BEST)} and others at random.`
        : '';
  };

  const redraw = soon(paint);

  // ---- pointer ----
  let grip = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const at = [event.clientX - box.left, event.clientY - box.top];
    const [position, height] = layout.isNarrow ? [at[1], at[0]] : [at[0], at[1]];
    const { from, to } = layout.sides;
    return { position, share: Math.min(1, Math.max(0, (height - from) / (to - from))) };
  };
  canvas.addEventListener('pointerdown', (event) => {
    const { position, share } = place(event);
    const axis = axes.findIndex((_, i) => Math.abs(layout.across(i) - position) < 22);
    if (axis < 0) return;
    grip = { axis, from: share };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const { position, share } = place(event);
    const isNear = axes.some((_, i) => Math.abs(layout.across(i) - position) < 22);
    canvas.style.cursor = isNear ? (layout.isNarrow ? 'ew-resize' : 'ns-resize') : 'default';
    if (!grip) return;
    if (Math.abs(share - grip.from) > 0.01) kept.set(grip.axis, [Math.min(share, grip.from), Math.max(share, grip.from)]);
    else kept.delete(grip.axis);
    redraw();
  });
  canvas.addEventListener('pointerup', (event) => {
    if (grip && Math.abs(place(event).share - grip.from) <= 0.01) kept.delete(grip.axis);
    grip = null;
    redraw();
  });
  figure.querySelector('[data-do=clear]').addEventListener('click', () => {
    kept.clear();
    redraw();
  });
  pick.addEventListener('change', redraw);

  new ResizeObserver(redraw).observe(canvas);
  themeChanged.push(paint);
})();

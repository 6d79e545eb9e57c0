// The objective over two parameters; sliders hold the others between two values.

(() => {
  const figure = document.getElementById('heat-map');
  if (!figure) return;
  const canvas = figure.querySelector('canvas');
  const readout = figure.querySelector('.readout');
  const sliders = figure.querySelector('.sliders');
  const picks = Object.fromEntries([...figure.querySelectorAll('select')].map((e) => [e.dataset.do, e]));
  const { parameters } = sweep;
  /** The bin to which each parameter is held, by its place; absent where it is free. */
  const held = new Map();
  const SLIDER_BINS = 20;
  let chosen = null;
  let drawn = null;

  const axes = () => [Number(picks.across.value), Number(picks.up.value)];
  const objective = () => sweep.objectives[Number(picks.objective.value)];

  /** The best, the sum and the number of the trials of each cell, over those that `keep` lets pass. */
  const cells = (x, y, keep) => {
    const [across, up] = axes().map((i) => parameters[i]);
    const { values, isBetter } = objective();
    const n = new Float64Array(x.number * y.number);
    const sum = new Float64Array(n.length);
    const any = new Uint8Array(n.length);
    const best = new Int32Array(n.length);
    for (let row = 0; row < sweep.n; row++) {
      if (!keep(row)) continue;
      const cell = Math.floor(up.codes[row] / y.width) * x.number + Math.floor(across.codes[row] / x.width);
      if (!any[cell] || isBetter(values[row], values[best[cell]])) best[cell] = row;
      any[cell] = 1;
      // The best of a sample would make its means too good.
      if (row >= sweep.drawn) continue;
      n[cell] += 1;
      sum[cell] += values[row];
    }
    return { n, sum, any, best };
  };

  /** What a cell shows; NaN where it is blank. */
  const shown = ({ n, sum, any, best }, cell) => {
    if (picks.cell.value === 'count') return n[cell] || NaN;
    if (picks.cell.value === 'mean') return n[cell] ? sum[cell] / n[cell] : NaN;
    return any[cell] ? objective().values[best[cell]] : NaN;
  };

  const textOf = (x) => (picks.cell.value === 'count' ? count(x) : objective().text(x));

  /** The values at the ends of the colours: the worst twentieth of the cells shares one. */
  const limits = (grid) => {
    const values = [];
    for (let cell = 0; cell < grid.n.length; cell++) {
      const x = shown(grid, cell);
      if (!Number.isNaN(x)) values.push(x);
    }
    if (!values.length) return [0, 1];
    if (picks.cell.value === 'count') return [0, quantile(values, 1)];
    const worst = quantile(values, objective().sign > 0 ? 0.05 : 0.95);
    return [worst, quantile(values, objective().sign > 0 ? 1 : 0)];
  };

  const keeper = () => {
    const tests = [...held].filter(([i]) => !axes().includes(i));
    const bins = tests.map(([i]) => parameters[i].bins(SLIDER_BINS).width);
    return (row) => tests.every(([i, bin], k) => Math.floor(parameters[i].codes[row] / bins[k]) === bin);
  };

  /** Bins that are named: all if there is room, else those that hold a round number. */
  const named = (pen, parameter, bins, length, isAcross) => {
    const texts = Array.from({ length: bins.number }, (_, bin) => bins.text(bin));
    const need = (text) => (isAcross ? pen.measureText(text).width + 14 : 18);
    if (texts.every((text) => need(text) <= length / bins.number)) return texts.map((text, bin) => [bin, text]);
    if (parameter.isWords) return texts.map((text, bin) => [bin, isAcross ? '' : text]);
    const room = isAcross ? Math.max(need(texts[0]), need(texts[bins.number - 1])) : 28;
    const least = roundStep(((parameter.high - parameter.low) / length) * room);
    const isBetween = parameter.isWhole && !Number.isInteger(least);
    const step = isBetween ? roundStep(Math.max(1, least * 1.01)) : least;
    const out = [];
    let room_from = -Infinity;
    for (let bin = 0; bin < bins.number; bin++) {
      const round = Math.floor(bins.last(bin) / step + 1e-9) * step;
      const isHere = round >= bins.first(bin) - 1e-9 * step || (bin > 0 && round > bins.last(bin - 1) + 1e-9 * step);
      const at = (bin / bins.number) * length;
      if (!isHere || at < room_from) continue;
      out.push([bin, significant(round)]);
      room_from = at + room;
    }
    return out;
  };

  /** Whether trials stand on a grid: many pairs of values have some, and none has far more than the others. */
  const isGrid = () => {
    const { n } = cells(...axes().map((i) => parameters[i].bins(300)), () => true);
    const filled = n.filter((x) => x > 0);
    return filled.length > n.length / 4 && quantile(filled, 1) <= (2 * sweep.drawn) / filled.length;
  };

  const paint = () => {
    const { pen, width, height } = prepare(canvas);
    const [across, up] = axes().map((i) => parameters[i]);
    const keep = keeper();
    let rows = 0;
    for (let row = 0; row < sweep.drawn; row++) rows += keep(row);
    // On a grid as fine as can be seen; else so coarse that most cells have a few trials.
    const finest = isGrid() ? Infinity : Math.max(8, Math.sqrt(rows / 4));
    const most = (parameter, pixels) => Math.min(pixels / 4, finest, parameter.levels > 300 ? 40 : Infinity);
    const frame = { top: 26, bottom: height - 62, right: width - 2 };
    const y = up.bins(most(up, frame.bottom - frame.top));
    const labels = named(pen, up, y, frame.bottom - frame.top, false);
    frame.left = Math.min(width * 0.3, 12 + Math.max(...labels.map(([, text]) => pen.measureText(text).width)));
    const x = across.bins(most(across, frame.right - frame.left));
    const grid = cells(x, y, keep);
    const ends = limits(held.size ? cells(x, y, () => true) : grid);
    const size = [(frame.right - frame.left) / x.number, (frame.bottom - frame.top) / y.number];
    const corner = (column, line) => [frame.left + column * size[0], frame.bottom - (line + 1) * size[1]];
    const gap = Math.min(...size) > 7 ? 1 : 0;
    const scale = colorScale();
    const share = (value) => (ends[1] === ends[0] ? 1 : (value - ends[0]) / (ends[1] - ends[0]));
    pen.fillStyle = color('panel');
    pen.fillRect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    for (let cell = 0; cell < grid.n.length; cell++) {
      const value = shown(grid, cell);
      if (Number.isNaN(value)) continue;
      const [px, py] = corner(cell % x.number, Math.floor(cell / x.number));
      pen.fillStyle = scale(share(value));
      // Half a pixel more where cells touch, so that no seam shows between them.
      pen.fillRect(px, py, size[0] - gap + (gap ? 0 : 0.5), size[1] - gap + (gap ? 0 : 0.5));
    }
    drawn = { x, y, grid, frame, size, corner };
    // The cells may be others than those of the last drawing.
    if (chosen && (chosen[0] >= x.number || chosen[1] >= y.number)) chosen = null;
    paintAxes(pen, { across, up, x, labels });
    paintLegend(pen, scale, ends, height);
    paintBest(pen, across, up);
    if (chosen) outline(pen, chosen);
    show(chosen);
  };

  const paintAxes = (pen, { across, up, x, labels }) => {
    const { frame, size } = drawn;
    pen.fillStyle = color('quiet');
    pen.textAlign = 'right';
    labels.forEach(([line, text]) => pen.fillText(text, frame.left - 6, frame.bottom - (line + 0.5) * size[1]));
    pen.textAlign = 'left';
    pen.fillText(`↑ ${up.name}`, 0, 10);
    pen.textAlign = 'center';
    named(pen, across, x, frame.right - frame.left, true).forEach(([column, text]) => {
      const half = pen.measureText(text).width / 2;
      const at = frame.left + (column + 0.5) * size[0];
      pen.fillText(text, Math.min(at, frame.right - half), frame.bottom + 12);
    });
    pen.textAlign = 'right';
    pen.fillText(`${across.name} →`, frame.right, frame.bottom + 32);
  };

  const paintLegend = (pen, scale, ends, height) => {
    const [low, high] = ends.map(textOf);
    const top = height - 14;
    pen.fillStyle = color('quiet');
    pen.textAlign = 'left';
    const isWorstShared = picks.cell.value !== 'count';
    const left = `${isWorstShared ? `${objective().sign > 0 ? '≤' : '≥'} ` : ''}${low}`;
    pen.fillText(left, 0, top + 6);
    const from = pen.measureText(left).width + 8;
    for (let i = 0; i < 120; i++) {
      pen.fillStyle = scale(i / 119);
      pen.fillRect(from + i, top, 1.5, 12);
    }
    pen.fillStyle = color('quiet');
    pen.fillText(high, from + 128, top + 6);
  };

  const paintBest = (pen, across, up) => {
    const { x, y, grid, corner, size } = drawn;
    const { values, isBetter } = objective();
    let best = -1;
    for (let cell = 0; cell < grid.any.length; cell++) {
      if (grid.any[cell] && (best < 0 || isBetter(values[grid.best[cell]], values[best]))) best = grid.best[cell];
    }
    if (best < 0) return;
    const [px, py] = corner(Math.floor(across.codes[best] / x.width), Math.floor(up.codes[best] / y.width));
    const ring = (ink, thick) => {
      pen.strokeStyle = ink;
      pen.lineWidth = thick;
      pen.beginPath();
      pen.arc(px + size[0] / 2, py + size[1] / 2, 7, 0, 2 * Math.PI);
      pen.stroke();
    };
    ring(color('paper'), 4.5);
    ring(color('text'), 2);
  };

  const outline = (pen, [column, line]) => {
    const [px, py] = drawn.corner(column, line);
    pen.strokeStyle = color('text');
    pen.lineWidth = 1.5;
    pen.strokeRect(px - 0.5, py - 0.5, drawn.size[0] + 1, drawn.size[1] + 1);
  };

  const show = (place) => {
    const [across, up] = axes().map((i) => parameters[i]);
    if (!place) {
      write(readout, [['Point at a cell, or move with the arrow keys.']]);
      return;
    }
    const { x, y, grid } = drawn;
    const cell = place[1] * x.number + place[0];
    const where = [
      [`${across.name} ${x.text(place[0])}`, 'when'],
      [`${up.name} ${y.text(place[1])}`, 'when'],
    ];
    if (!grid.any[cell]) {
      write(readout, [...where, ['no trial']]);
      return;
    }
    const { text, values, name } = objective();
    const row = grid.best[cell];
    const means = grid.n[cell] ? [[`mean ${text(grid.sum[cell] / grid.n[cell])}`]] : [];
    write(readout, [
      ...where,
      [`${name}: best ${text(values[row])} (trial ${count(sweep.numbers[row])})`],
      ...means,
      [`${count(grid.n[cell])} ${grid.n[cell] === 1 ? 'trial' : 'trials'}`],
    ]);
  };

  const redraw = soon(paint);

  /** A slider for each parameter that is not on an axis. */
  const makeSliders = () => {
    sliders.replaceChildren(
      ...parameters.flatMap((parameter, i) => {
        if (axes().includes(i)) return [];
        const bins = parameter.bins(SLIDER_BINS);
        const label = document.createElement('label');
        const slider = document.createElement('input');
        const value = document.createElement('output');
        slider.type = 'range';
        slider.max = String(bins.number);
        slider.value = String(held.has(i) ? held.get(i) + 1 : 0);
        const name = () => {
          value.textContent = held.has(i) ? bins.text(held.get(i)) : 'any';
        };
        slider.addEventListener('input', () => {
          if (slider.value === '0') held.delete(i);
          else held.set(i, Number(slider.value) - 1);
          name();
          redraw();
        });
        name();
        label.append(`${parameter.name} `, slider, ' ', value);
        return [label];
      }),
    );
  };

  const before = { across: picks.across.value, up: picks.up.value };
  ['across', 'up'].forEach((axis) => {
    picks[axis].addEventListener('change', () => {
      const other = axis === 'across' ? 'up' : 'across';
      if (picks[other].value === picks[axis].value) picks[other].value = before[axis];
      Object.assign(before, { across: picks.across.value, up: picks.up.value });
      chosen = null;
      makeSliders();
      redraw();
    });
  });
  [picks.cell, picks.objective].forEach((pick) => pick.addEventListener('change', redraw));

  const choose = (column, line) => {
    const { x, y } = drawn;
    chosen = column >= 0 && column < x.number && line >= 0 && line < y.number ? [column, line] : null;
    redraw();
  };
  canvas.addEventListener('pointermove', (event) => {
    const box = canvas.getBoundingClientRect();
    const { frame, size } = drawn;
    const column = Math.floor((event.clientX - box.left - frame.left) / size[0]);
    choose(column, Math.floor((frame.bottom - (event.clientY - box.top)) / size[1]));
  });
  canvas.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const [column, line] = chosen || [-by[0], -by[1]];
    const { x, y } = drawn;
    choose(Math.min(x.number - 1, Math.max(0, column + by[0])), Math.min(y.number - 1, Math.max(0, line + by[1])));
  });

  makeSliders();
  new ResizeObserver(redraw).observe(canvas);
  themeChanged.push(paint);
})();

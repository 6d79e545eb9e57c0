// The price chart's behaviour: pointer, keyboard, buttons, the strip below it.

(() => {
  const figure = document.getElementById('price-chart');
  if (!figure || !data.prices.length) return;
  const canvas = figure.querySelector('.chart');
  const strip = figure.querySelector('.strip');
  const parts = Object.fromEntries([...figure.querySelectorAll('[data-part]')].map((e) => [e.dataset.part, e]));
  const select = figure.querySelector('select');
  const loaded = new Map();
  let series;
  let view;
  let drawn;
  let pointerX = null;
  let pending = false;

  const redraw = () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      paint();
    });
  };

  const load = (index) => {
    if (!loaded.has(index)) loaded.set(index, readSeries(data.prices[index]));
    series = loaded.get(index);
    parts.note.textContent = select.options[index].dataset.note;
    select.value = String(index);
    const below = series.features.filter((f) => !f.onPrice).length;
    canvas.style.setProperty('--below', `${below * PANE}px`);
  };

  /** Shows from one place to another, kept within the history and no closer than can be seen. */
  const show = (from, to, chosen) => {
    let width = Math.max(series.shortest, Math.min(series.n, to - from));
    let start = (from + to) / 2 - width / 2;
    start = Math.max(0, Math.min(series.n - width, start));
    view = { from: start, to: start + width, chosen };
    redraw();
  };

  const move = (share) => {
    const by = (view.to - view.from) * share;
    show(view.from + by, view.to + by, view.chosen);
  };

  /** Zooms about a place. */
  const zoom = (factor, at = (view.from + view.to) / 2) => {
    const width = Math.max(series.shortest, Math.min(series.n, (view.to - view.from) * factor));
    const share = (at - view.from) / (view.to - view.from);
    show(at - share * width, at + (1 - share) * width, view.chosen);
  };

  const showTrip = (i) => {
    const { from, to } = series.trips;
    const room = Math.max((to[i] - from[i]) * 0.6, series.shortest * 1.5);
    show(from[i] - room, to[i] + room, i);
  };

  const showLast = () => {
    const count = Math.max(series.shortest, Math.min(series.n, (150 * (series.full.seconds || 1)) / series.whole.seconds));
    show(series.n - (series.full.t.length ? count : Math.min(series.n, 150)), series.n);
  };

  const extreme = (sign) => {
    const { pnl, n } = series.trips;
    let best = 0;
    for (let i = 1; i < n; i++) if (sign * pnl[i] > sign * pnl[best]) best = i;
    return best;
  };

  /** The trade after (or before) the one last shown, else after (or before) the middle of the view. */
  const neighbour = (step) => {
    const { from, n } = series.trips;
    if (view.chosen !== undefined) return Math.min(n - 1, Math.max(0, view.chosen + step));
    const middle = (view.from + view.to) / 2;
    const i = from.findIndex((x) => x >= middle);
    return Math.min(n - 1, Math.max(0, (i < 0 ? n : i) + (step < 0 ? -1 : 0)));
  };

  const actions = {
    left: () => move(-0.3),
    right: () => move(0.3),
    in: () => zoom(0.5),
    out: () => zoom(2),
    all: () => show(0, series.n),
    last: showLast,
    best: () => series.trips.n && showTrip(extreme(1)),
    worst: () => series.trips.n && showTrip(extreme(-1)),
    previous: () => series.trips.n && showTrip(neighbour(-1)),
    next: () => series.trips.n && showTrip(neighbour(1)),
  };

  const paint = () => {
    drawn = drawPrices(canvas, series, view);
    readBar();
    readState();
    paintStrip();
  };

  const price = (x) => fixed(x, series.shown);

  /** The trade whose arrow is nearest to the pointer, within its reach. */
  const tripAt = (x) => {
    if (x === null || !drawn.asArrows) return view.chosen;
    let best;
    let reach = 9;
    for (const i of drawn.shown) {
      for (const place of [series.trips.from[i], series.trips.to[i]]) {
        const distance = Math.abs(drawn.toX(place) - x);
        if (distance < reach) [best, reach] = [i, distance];
      }
    }
    return best;
  };

  const readBar = () => {
    const { marks, toX, pen, height, right } = drawn;
    if (!marks.length) return;
    let mark = marks[marks.length - 1];
    if (pointerX !== null) {
      mark = marks.find((m) => toX(m.x + m.width) >= pointerX) || mark;
      const x = Math.round(toX(mark.x + mark.width / 2)) + 0.5;
      if (x <= right) {
        pen.strokeStyle = color('quiet');
        pen.setLineDash([2, 3]);
        pen.beginPath();
        pen.moveTo(x, AXIS.top);
        pen.lineTo(x, height - AXIS.bottom);
        pen.stroke();
        pen.setLineDash([]);
      }
    }
    const features = series.features.map((f, i) => [
      `${f.name} ${Number.isNaN(mark.values[i]) ? '–' : f.onPrice ? price(mark.values[i]) : compact(mark.values[i])}`,
      `key f${i}`,
    ]);
    write(parts.bar, [
      [instant(mark.t), 'when'],
      [`O ${price(mark.o)}`],
      [`H ${price(mark.h)}`],
      [`L ${price(mark.l)}`],
      [`C ${price(mark.c)}`],
      [`Vol ${compact(mark.v)}`],
      ...features,
    ]);
  };

  const readState = () => {
    const { shown, asArrows, marks } = drawn;
    const mark = marks[Math.floor(marks.length / 2)];
    const kind = mark ? `${mark.count > 1 ? `A mark is ${mark.count} bars` : 'Bars'} of ${mark.bars.interval}` : '';
    const trades = `${fixed(shown.length, 0)} trade${shown.length === 1 ? '' : 's'} in view`;
    const hint = asArrows ? '' : ': a tick at each exit, up for a gain; zoom in for entries and exits';
    const pieces = [[kind], [trades + hint]];
    const i = tripAt(pointerX);
    if (i !== undefined && i < series.trips.n) {
      const { trips } = series;
      const won = trips.pnl[i] >= 0 ? 'gain' : 'loss';
      pieces.push(
        [`No. ${fixed(trips.place[i] + 1, 0)} ${trips.side[i] > 0 ? 'long' : 'short'}`, 'when'],
        [`${instant(trips.entry[i])} at ${price(trips.entryPrice[i])}`],
        [`to ${instant(trips.exit[i])} at ${price(trips.exitPrice[i])}`],
        [`${span(trips.exit[i] - trips.entry[i])}`],
        [`${signed(money(trips.pnl[i]), trips.pnl[i])} (${signed(percent(trips.ret[i]), trips.ret[i])})`, won],
      );
    }
    write(parts.state, pieces);
  };

  const paintStrip = () => {
    const { pen, width, height } = prepare(strip);
    const right = width - AXIS.right;
    const { h, l, c } = series.whole;
    const [low, high] = extent([...h, ...l], 0.04);
    const y = (x) => height - 3 - ((x - low) / (high - low)) * (height - 6);
    pen.strokeStyle = color('quiet');
    pen.beginPath();
    const group = Math.max(1, Math.floor(series.n / right));
    for (let i = 0; i < series.n; i += group) {
      const x = ((i + 0.5) / series.n) * right;
      if (i) pen.lineTo(x, y(c[i]));
      else pen.moveTo(x, y(c[i]));
    }
    pen.stroke();
    const from = (view.from / series.n) * right;
    const to = Math.max(from + 3, (view.to / series.n) * right);
    pen.fillStyle = color('run');
    pen.globalAlpha = 0.13;
    pen.fillRect(from, 0, to - from, height);
    pen.globalAlpha = 1;
    pen.strokeStyle = color('run');
    pen.strokeRect(from + 0.5, 0.5, to - from - 1, height - 1);
  };

  // ---- pointer: one drags, two pinch, none shows the bar beneath ----
  const pointers = new Map();
  const placeAt = (x) => view.from + x / drawn.unit;
  const offset = (event) => event.clientX - canvas.getBoundingClientRect().left;
  canvas.addEventListener('pointerdown', (event) => {
    pointers.set(event.pointerId, offset(event));
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const x = offset(event);
    pointerX = x;
    if (pointers.has(event.pointerId)) {
      const before = [...pointers.values()];
      pointers.set(event.pointerId, x);
      const after = [...pointers.values()];
      if (after.length === 1) {
        const by = (before[0] - x) / drawn.unit;
        show(view.from + by, view.to + by, view.chosen);
        return;
      }
      const spread = (xs) => Math.max(8, Math.abs(xs[0] - xs[1]));
      zoom(spread(before) / spread(after), placeAt((after[0] + after[1]) / 2));
      return;
    }
    redraw();
  });
  const release = (event) => pointers.delete(event.pointerId);
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', () => {
    pointerX = null;
    redraw();
  });
  canvas.addEventListener('dblclick', (event) => zoom(0.4, placeAt(offset(event))));
  canvas.addEventListener(
    'wheel',
    (event) => {
      // The page keeps its own scrolling: only Ctrl (and so a trackpad's pinch) zooms, only sideways moves.
      if (event.ctrlKey || event.metaKey) zoom(1.0025 ** event.deltaY, placeAt(offset(event)));
      else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) move(event.deltaX / drawn.right);
      else return;
      event.preventDefault();
    },
    { passive: false },
  );

  const centre = (event) => {
    const box = strip.getBoundingClientRect();
    const at = ((event.clientX - box.left) / (box.width - AXIS.right)) * series.n;
    const half = (view.to - view.from) / 2;
    show(at - half, at + half, view.chosen);
  };
  strip.addEventListener('pointerdown', (event) => {
    strip.setPointerCapture(event.pointerId);
    centre(event);
  });
  strip.addEventListener('pointermove', (event) => event.buttons && centre(event));

  // ---- keyboard and buttons ----
  const keys = { ArrowLeft: 'left', ArrowRight: 'right', '+': 'in', '=': 'in', '-': 'out', Home: 'all', End: 'last' };
  canvas.addEventListener('keydown', (event) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!action) return;
    event.preventDefault();
    actions[action]();
  });
  figure.querySelectorAll('button[data-do]').forEach((button) => {
    button.addEventListener('click', () => actions[button.dataset.do]());
  });
  select.addEventListener('change', () => {
    load(Number(select.value));
    actions.all();
  });
  document.querySelectorAll('button.trip').forEach((button) => {
    button.addEventListener('click', () => {
      const place = Number(button.dataset.trip);
      for (let index = 0; index < data.prices.length; index++) {
        if (!loaded.has(index)) loaded.set(index, readSeries(data.prices[index]));
        const i = loaded.get(index).trips.place.indexOf(place);
        if (i < 0) continue;
        load(index);
        showTrip(i);
        figure.scrollIntoView({ block: 'center' });
        canvas.focus({ preventScroll: true });
        return;
      }
    });
  });

  load(0);
  show(0, series.n);
  new ResizeObserver(redraw).observe(canvas);
  themeChanged.push(paint);
})();

// Draws the price chart: bars, features over and below them, volume, trades, axes.

const AXIS = { right: 66, bottom: 22, top: 8 };
const PANE = 74;

/** Grid and labels of a vertical axis, to the right of a pane, so many pixels apart or more. */
const priceAxis = (pen, pane, low, high, apart, write) => {
  const step = roundStep(((high - low) / (pane.bottom - pane.top)) * apart);
  pen.textAlign = 'left';
  for (let k = Math.ceil(low / step); k * step <= high; k++) {
    const y = pane.y(k * step);
    if (y < pane.top + 5 || y > pane.bottom - 4) continue;
    pen.strokeStyle = color('grid');
    pen.beginPath();
    pen.moveTo(0, Math.round(y) + 0.5);
    pen.lineTo(pane.right, Math.round(y) + 0.5);
    pen.stroke();
    pen.fillStyle = color('quiet');
    pen.fillText(write(k * step, step), pane.right + 6, y);
  }
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** What tells a mark from the one before, as fine as the step between marks. */
const timeLabel = (t, before, step) => {
  const now = new Date(t * 1000);
  const year = now.getUTCFullYear();
  const month = MONTHS[now.getUTCMonth()];
  const isNewYear = before === undefined || new Date(before * 1000).getUTCFullYear() !== year;
  if (step >= 31557600) return String(year);
  if (step >= 2629800) return isNewYear ? (now.getUTCMonth() === 0 ? String(year) : `${month} ${year}`) : month;
  const day = `${now.getUTCDate()} ${month}`;
  if (isNewYear) return `${day} ${year}`;
  if (step >= 86400 || Math.floor(t / 86400) !== Math.floor(before / 86400)) return day;
  return now.toISOString().slice(11, t % 60 ? 19 : 16);
};

const TIME_STEPS = [60, 300, 900, 1800, 3600, 10800, 21600, 43200, 86400, 172800, 604800, 2629800, 7889400, 15778800, 31557600, 63115200];

/** Marks of the time axis: the first bar after each round instant, where there is room. */
const timeAxis = (pen, marks, toX, right, y) => {
  if (marks.length < 2) return;
  const length = marks[marks.length - 1].t - marks[0].t;
  const step = TIME_STEPS.find((s) => length / s <= right / 90) || 157788000;
  // From a month on by calendar months, not by equal lengths.
  const months = Math.round(step / 2629800);
  const bucket = (t) => {
    if (step < 2629800) return Math.floor((t - (step === 604800 ? 345600 : 0)) / step);
    const date = new Date(t * 1000);
    return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months);
  };
  pen.textAlign = 'center';
  let previous;
  let room = -Infinity;
  for (let i = 1; i < marks.length; i++) {
    // A bar is stamped at its end; the mark stands where it begins.
    const begin = marks[i - 1].t;
    if (bucket(begin) === bucket(i > 1 ? marks[i - 2].t : begin - 1)) continue;
    const x = toX(marks[i].x);
    const label = timeLabel(begin, previous, step);
    const half = pen.measureText(label).width / 2;
    if (x - half < room || x - half < 0 || x + half > right) continue;
    pen.strokeStyle = color('grid');
    pen.beginPath();
    pen.moveTo(Math.round(x) + 0.5, AXIS.top);
    pen.lineTo(Math.round(x) + 0.5, y - AXIS.bottom + 4);
    pen.stroke();
    pen.fillStyle = color('quiet');
    pen.fillText(label, x, y - 8);
    room = x + half + 16;
    previous = begin;
  }
};

const drawBars = (pen, marks, pane, toX, unit) => {
  const gain = color('gain');
  const loss = color('loss');
  for (const { x, width, o, h, l, c } of marks) {
    const px = width * unit;
    const middle = toX(x + width / 2);
    pen.strokeStyle = pen.fillStyle = c >= o ? gain : loss;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(middle, pane.y(h));
    pen.lineTo(middle, Math.max(pane.y(l), pane.y(h) + 1));
    pen.stroke();
    if (px < 3.5) continue;
    const body = Math.min(px * 0.7, 14);
    const top = pane.y(Math.max(o, c));
    const height = Math.max(1, pane.y(Math.min(o, c)) - top);
    pen.fillRect(middle - body / 2, top, body, height);
  }
};

const drawVolume = (pen, marks, pane, toX, unit) => {
  // By unit of the axis, so that long and short bars beside each other compare.
  const most = Math.max(...marks.map((m) => m.v / m.width));
  if (!(most > 0)) return;
  pen.fillStyle = color('axis');
  pen.globalAlpha = 0.35;
  for (const { x, width, v } of marks) {
    const height = (v / width / most) * (pane.bottom - pane.top) * 0.16;
    pen.fillRect(toX(x + width * 0.1), pane.bottom - height, Math.max(0.8, width * unit * 0.8), height);
  }
  pen.globalAlpha = 1;
};

const drawLine = (pen, marks, pane, toX, column, ink) => {
  pen.strokeStyle = ink;
  pen.lineWidth = 1.4;
  pen.beginPath();
  let down = false;
  for (const { x, width, values } of marks) {
    const value = values[column];
    if (Number.isNaN(value)) {
      down = false;
      continue;
    }
    const px = toX(x + width / 2);
    if (down) pen.lineTo(px, pane.y(value));
    else pen.moveTo(px, pane.y(value));
    down = true;
  }
  pen.stroke();
  pen.lineWidth = 1;
};

/** A triangle that points up for a purchase and down for a sale; hollow for an exit. */
const drawArrow = (pen, x, y, up, hollow, ink) => {
  const d = up ? 1 : -1;
  pen.beginPath();
  pen.moveTo(x, y + d * 3);
  pen.lineTo(x - 5.5, y + d * 13);
  pen.lineTo(x + 5.5, y + d * 13);
  pen.closePath();
  pen.lineWidth = 1.6;
  pen.strokeStyle = ink;
  pen.fillStyle = hollow ? color('paper') : ink;
  pen.fill();
  pen.stroke();
  pen.lineWidth = 1;
};

const drawTrips = (pen, trips, shown, pane, toX, chosen) => {
  for (const i of shown) {
    const won = trips.pnl[i] >= 0;
    const [x0, x1] = [toX(trips.from[i]), toX(trips.to[i])];
    const [y0, y1] = [pane.y(trips.entryPrice[i]), pane.y(trips.exitPrice[i])];
    pen.strokeStyle = color(won ? 'gain' : 'loss');
    pen.lineWidth = i === chosen ? 2.5 : 1.5;
    pen.setLineDash([5, 3]);
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.lineTo(x1, y1);
    pen.stroke();
    pen.setLineDash([]);
    const long = trips.side[i] > 0;
    drawArrow(pen, x0, y0, long, false, color('run'));
    drawArrow(pen, x1, y1, !long, true, color(won ? 'gain' : 'loss'));
  }
};

/** Where trades are too many to draw: a tick at each exit's place, up in green for a gain, down in red for a loss. */
const drawTicks = (pen, trips, shown, pane, toX) => {
  const columns = new Map();
  for (const i of shown) {
    const px = Math.round(toX(trips.to[i]) / 3) * 3;
    columns.set(px, (columns.get(px) || 0) + trips.pnl[i]);
  }
  const most = Math.max(...[...columns.values()].map(Math.abs), 1e-12);
  const zero = pane.top + 16;
  for (const [x, pnl] of columns) {
    const height = 2 + 12 * (Math.abs(pnl) / most);
    pen.fillStyle = color(pnl >= 0 ? 'gain' : 'loss');
    pen.fillRect(x - 1, pnl >= 0 ? zero - height : zero, 2, height);
  }
};

const paneOf = (top, bottom, right, low, high) => ({
  top,
  bottom,
  right,
  y: (value) => bottom - ((value - low) / (high - low || 1)) * (bottom - top),
});

const extent = (values, margin) => {
  let low = Infinity;
  let high = -Infinity;
  for (const x of values) {
    if (x < low) low = x;
    if (x > high) high = x;
  }
  if (!(low <= high)) return [0, 1];
  const room = (high - low) * margin || Math.abs(high) * 0.001 || 1;
  return [low - room, high + room];
};

/** A feature that is not on the price scale, in a pane of its own below `top`. */
const drawLowerPane = (pen, marks, feature, column, top, right, toX) => {
  const values = marks.map((m) => m.values[column]).filter((x) => !Number.isNaN(x));
  const [low, high] = extent(values, 0.08);
  const pane = paneOf(top + 16, top + PANE - 4, right, low, high);
  pen.strokeStyle = color('axis');
  pen.beginPath();
  pen.moveTo(0, top + 7.5);
  pen.lineTo(right, top + 7.5);
  pen.stroke();
  priceAxis(pen, pane, low, high, 18, (x, step) => fixed(x, stepDecimals(step)));
  pen.save();
  pen.beginPath();
  pen.rect(0, top, right, PANE);
  pen.clip();
  drawLine(pen, marks, pane, toX, column, color(`f${column}`));
  pen.restore();
  pen.fillStyle = color(`f${column}`);
  pen.textAlign = 'left';
  pen.fillText(feature.name, 4, top + 18);
};

/** Draws `view` of a series; tells what was drawn so that the pointer can find it again. */
const drawPrices = (canvas, series, view) => {
  const { pen, width, height } = prepare(canvas);
  const right = width - AXIS.right;
  const unit = right / (view.to - view.from);
  const toX = (x) => (x - view.from) * unit;
  const marks = marksBetween(series, view.from, view.to, unit);
  const below = series.features.map((f, i) => [f, i]).filter(([f]) => !f.onPrice);
  const bottom = height - AXIS.bottom - below.length * PANE;
  const over = series.features.map((f, i) => [f, i]).filter(([f]) => f.onPrice);
  const values = marks.flatMap((m) => [m.h, m.l]);
  const [lowest, high] = extent(values, 0.09);
  // Prices above zero leave nothing to see below it.
  const low = values.some((x) => x <= 0) ? lowest : Math.max(0, lowest);
  const pane = paneOf(AXIS.top, bottom, right, low, high);

  timeAxis(pen, marks, toX, right, height);
  priceAxis(pen, pane, low, high, 46, (x, step) => fixed(x, Math.min(series.decimals, stepDecimals(step))));
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, right, height);
  pen.clip();
  drawVolume(pen, marks, pane, toX, unit);
  pen.save();
  pen.beginPath();
  pen.rect(0, AXIS.top, right, bottom - AXIS.top);
  pen.clip();
  drawBars(pen, marks, pane, toX, unit);
  // Where a mark is many bars, an average only covers them.
  pen.globalAlpha = marks.length && marks[0].count > 3 ? 0.6 : 1;
  over.forEach(([, i]) => drawLine(pen, marks, pane, toX, i, color(`f${i}`)));
  pen.globalAlpha = 1;
  const { trips } = series;
  const shown = [];
  for (let i = 0; i < trips.n; i++) if (trips.to[i] >= view.from && trips.from[i] <= view.to) shown.push(i);
  const asArrows = shown.length <= Math.max(8, right / 22);
  if (asArrows) drawTrips(pen, trips, shown, pane, toX, view.chosen);
  else drawTicks(pen, trips, shown, pane, toX);
  pen.restore();
  pen.restore();
  below.forEach(([feature, i], k) => drawLowerPane(pen, marks, feature, i, bottom + k * PANE, right, toX));
  return { marks, shown, asArrows, unit, right, pane, toX, height, pen };
};

const stepDecimals = (step) => {
  let decimals = 0;
  while (decimals < 10 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6) decimals++;
  return decimals;
};

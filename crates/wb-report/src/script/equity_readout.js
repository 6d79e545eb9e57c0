// The values of the equity figure under the pointer, or at the end.

(() => {
  const figure = document.getElementById('equity-figure');
  const { equity: packed } = data;
  if (!figure || !packed.t) return;
  const t = steps(packed.t, 1 / packed.step);
  const equity = steps(packed.equity, packed.unit);
  const benchmark = steps(packed.benchmark, packed.unit);
  const drawdown = steps(packed.drawdown, 1e5);
  const readout = figure.querySelector('.readout');
  const last = t.length - 1;

  const show = (i) =>
    write(readout, [
      [instant(t[i]), 'when'],
      [`Run ${money(equity[i])} ${packed.currency}`, 'key run'],
      ...(benchmark.length ? [[`Buy and hold ${packed.benchmarkName} ${money(benchmark[i])}`, 'key benchmark']] : []),
      [`Drawdown ${percent(drawdown[i])}`, 'key loss-key'],
    ]);

  figure.querySelectorAll('.plot').forEach((plot) => {
    const [left, right] = plot.classList.contains('wide') ? packed.wide : packed.phone;
    const cursor = document.createElement('div');
    cursor.className = 'cursor';
    cursor.hidden = true;
    plot.append(cursor);
    plot.addEventListener('pointermove', (event) => {
      const box = plot.getBoundingClientRect();
      const share = ((event.clientX - box.left) / box.width - left) / (right - left);
      const time = t[0] + Math.min(1, Math.max(0, share)) * (t[last] - t[0]);
      let i = Math.min(last, lowerBound(t, time));
      if (i > 0 && time - t[i - 1] < t[i] - time) i -= 1;
      const at = left + ((t[i] - t[0]) / (t[last] - t[0])) * (right - left);
      cursor.style.left = `${at * 100}%`;
      cursor.hidden = false;
      show(i);
    });
    plot.addEventListener('pointerleave', () => {
      cursor.hidden = true;
      show(last);
    });
  });
  show(last);
})();

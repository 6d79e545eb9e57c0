// What every canvas needs.

const LETTERS = '12px system-ui, sans-serif';

/** A canvas's context at the device's resolution, cleared, and its size in pixels of the page. */
const prepare = (canvas) => {
  const ratio = Math.max(devicePixelRatio || 1, 1);
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = LETTERS;
  pen.textBaseline = 'middle';
  return { pen, width, height };
};

const roundStep = (least) => {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 2.5, 5, 10].find((m) => m * power >= least * (1 - 1e-12)) * power;
};

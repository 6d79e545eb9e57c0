// Numbers and times as the rest of the page writes them.

const fixed = (x, decimals) =>
  x
    .toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .replace(/^-(?=[0.,]*$)/, '')
    .replace('-', '−');

const percent = (share) => {
  const size = Math.abs(share * 100);
  return `${fixed(share * 100, size >= 1000 ? 0 : size >= 10 ? 1 : 2)}%`;
};

/** A plain number with about three digits. */
const ratio = (x) => {
  const size = Math.abs(x);
  return fixed(x, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
};

/** A number with at most four digits that mean something. */
const significant = (x) =>
  Number.isInteger(x)
    ? fixed(x, 0)
    : x.toLocaleString('en-US', { maximumSignificantDigits: 4 }).replace('-', '−');

const count = (n) => fixed(n, 0);

const money = (x) => fixed(x, Math.abs(x) >= 1000 ? 0 : 2);

const signed = (text, x) => (x > 0 ? `+${text}` : text);

const compact = (x) => {
  const size = Math.abs(x);
  const [scale, suffix] = size >= 1e9 ? [1e9, 'B'] : size >= 1e6 ? [1e6, 'M'] : size >= 1e4 ? [1e3, 'k'] : [1, ''];
  return fixed(x / scale, Math.abs(x / scale) >= 100 ? 0 : Math.abs(x / scale) >= 10 ? 1 : 2) + suffix;
};

/** A UTC instant in seconds: the date alone at midnight, else to the minute, else to the second. */
const instant = (seconds) => {
  const text = new Date(seconds * 1000).toISOString();
  if (seconds % 86400 === 0) return text.slice(0, 10);
  return `${text.slice(0, 10)} ${text.slice(11, seconds % 60 ? 19 : 16)}`;
};

const span = (seconds) => {
  if (seconds >= 14 * 86400) return `${fixed(seconds / 86400, 0)}d`;
  if (seconds >= 86400) return `${Math.floor(seconds / 86400)}d ${Math.round((seconds % 86400) / 3600)}h`;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}h ${Math.round((seconds % 3600) / 60)}m`;
  return seconds >= 60 ? `${Math.round(seconds / 60)}m` : `${Math.round(seconds)}s`;
};

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Fills an element with [text, class] pieces; never with markup. */
const write = (element, pieces) => {
  element.replaceChildren(
    ...pieces.map(([text, name]) => {
      const span = document.createElement('span');
      span.textContent = text;
      if (name) span.className = name;
      return span;
    }),
  );
};

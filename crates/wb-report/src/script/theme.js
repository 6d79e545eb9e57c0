// Light and dark: the reader's choice, else the system's.

const themeChanged = [];
const root = document.documentElement;
const systemDark = matchMedia('(prefers-color-scheme: dark)');
const announce = () => themeChanged.forEach((redraw) => redraw());

try {
  const kept = localStorage.getItem('workbench-theme');
  if (kept === 'light' || kept === 'dark') root.dataset.theme = kept;
} catch {
  // A page opened from a file may have no storage; the choice then lasts as long as the page.
}

document.getElementById('theme').addEventListener('click', () => {
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : systemDark.matches;
  root.dataset.theme = isDark ? 'light' : 'dark';
  try {
    localStorage.setItem('workbench-theme', root.dataset.theme);
  } catch {
    // As above.
  }
  announce();
});

systemDark.addEventListener('change', announce);

// Canvases are pictures: they are redrawn in light for paper, and back.
let beforePrint;
addEventListener('beforeprint', () => {
  beforePrint = root.dataset.theme;
  root.dataset.theme = 'light';
  announce();
});
addEventListener('afterprint', () => {
  if (beforePrint) root.dataset.theme = beforePrint;
  else delete root.dataset.theme;
  announce();
});

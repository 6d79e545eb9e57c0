// Tables that the reader sorts: first click descending for numbers and ascending for words, then the other way.

document.querySelectorAll('table.sortable').forEach((table) => {
  const headings = [...table.tHead.rows[0].cells];
  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.k === undefined ? cell.textContent : Number(cell.dataset.k);
  };
  headings.forEach((heading, column) => {
    heading.firstChild.addEventListener('click', () => {
      const isNumber = heading.classList.contains('n');
      const before = heading.getAttribute('aria-sort');
      const down = before ? before === 'ascending' : isNumber;
      headings.forEach((other) => other.removeAttribute('aria-sort'));
      heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const body = table.tBodies[0];
      const rows = [...body.rows].map((row) => [key(row, column), row]);
      rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1));
      body.append(...rows.map(([, row]) => row));
    });
  });
});

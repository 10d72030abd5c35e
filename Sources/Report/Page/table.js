'use strict';
// The table of trials: to sort, to filter, to leaf through.

const tableView = { by: null, down: false, text: '', from: 0, rows: 50 };

function tableColumns(study) {
  const { trials, doc } = study;
  const columns = [
    { name: 'trial', at: (index) => trials.trial[index] },
    { name: 'state', at: (index) => study.state(index), left: true },
    { name: 'rung', at: (index) => trials.rung[index] },
    { name: 'resource', at: (index) => trials.resource[index] },
    { name: study.metric, at: (index) => trials.value[index], number: true },
  ];
  if (doc.hasParents) columns.splice(4, 0, { name: 'parent', at: (index) => trials.parent[index] });
  for (const name of Object.keys(trials.metrics)) columns.push({ name, at: (index) => trials.metrics[name][index], number: true });
  for (const axis of study.parameters) {
    columns.push({
      name: axis.name, number: !axis.values, left: Boolean(axis.values),
      at: axis.values ? (index) => (axis.column[index] === null ? null : axis.values[axis.column[index]]) : (index) => axis.column[index],
    });
  }
  if (doc.bounds.length) columns.push({ name: 'breaks', left: true, at: (index) => brokenWords(study, index) });
  columns.push({ name: 'attempts', at: (index) => trials.attempts[index] }, { name: 'seconds', at: (index) => trials.seconds[index], number: true });
  return columns;
}

/** Terms such as `lr<0.01 state=failed digits`: all must hold. Returns a test, or what is wrong. */
function parseFilter(text, columns) {
  const tests = [];
  const unknown = [];
  for (const term of text.trim().split(/\s+/).filter(Boolean)) {
    const match = /^(.+?)(<=|>=|!=|=|<|>)(.*)$/.exec(term);
    if (!match) {
      const wanted = term.toLowerCase();
      tests.push((index) => columns.some((column) => String(column.at(index) ?? '').toLowerCase() === wanted || (column.left && String(column.at(index) ?? '').toLowerCase().includes(wanted))));
      continue;
    }
    const [, name, sign, raw] = match;
    const column = columns.find((own) => own.name === name) || columns.find((own) => own.name.toLowerCase() === name.toLowerCase());
    if (!column) { unknown.push(name); continue; }
    const number = raw !== '' && !Number.isNaN(Number(raw)) ? Number(raw) : null;
    tests.push((index) => {
      const value = column.at(index);
      if (value === null) return sign === '!=';
      const order = typeof value === 'number' && number !== null ? value - number : String(value) < raw ? -1 : String(value) > raw ? 1 : 0;
      return { '<': order < 0, '>': order > 0, '<=': order <= 0, '>=': order >= 0, '=': order === 0, '!=': order !== 0 }[sign];
    });
  }
  return { test: (index) => tests.every((test) => test(index)), unknown };
}

function tableSection(host, study) {
  const columns = tableColumns(study);
  const search = el('input', { type: 'search', placeholder: 'lr<0.01 state=completed', 'aria-label': 'Show only trials such as lr<0.01 state=completed', value: tableView.text });
  const words = el('span', { class: 'note', role: 'status' });
  const [back, on] = [el('button', { type: 'button' }, '◀ Earlier'), el('button', { type: 'button' }, 'Later ▶')];
  const head = el('tr', {});
  const body = el('tbody', {});
  let indices = [];
  const fill = () => {
    tableView.from = Math.max(0, Math.min(tableView.from, Math.floor(Math.max(0, indices.length - 1) / tableView.rows) * tableView.rows));
    const shown = indices.slice(tableView.from, tableView.from + tableView.rows);
    body.replaceChildren(...shown.map((index) => el('tr', {}, columns.map((column, place) => cell(column, place, index)))));
    back.disabled = tableView.from === 0;
    on.disabled = tableView.from + tableView.rows >= indices.length;
    const range = indices.length ? `${count(tableView.from + 1)}–${count(tableView.from + shown.length)} of ` : '';
    words.textContent = `${range}${count(indices.length)} trials${indices.length < study.count ? ` (${count(study.count)} in all)` : ''}`;
  };
  const cell = (column, place, index) => {
    const value = column.at(index);
    if (place === 0) return el('td', {}, trialLink(value));
    const text = value === null || value === undefined ? '' : typeof value === 'number' ? fmt(value) : line(value);
    return el('td', { class: column.left ? 'left' : '', title: typeof value === 'number' ? String(value) : text }, text);
  };
  const order = () => {
    const { test, unknown } = parseFilter(tableView.text, columns);
    search.setCustomValidity(unknown.length ? `there is no column ${unknown.join(', ')}` : '');
    search.setAttribute('aria-invalid', String(unknown.length > 0));
    indices = [];
    for (let index = 0; index < study.count; index += 1) if (study.isChosen(index) && test(index)) indices.push(index);
    if (unknown.length) words.textContent = `There is no column ${unknown.map(line).join(', ')}.`;
    sortIndices(indices, columns.find((own) => own.name === tableView.by), study);
    fill();
    if (unknown.length) words.textContent += ` There is no column ${unknown.map(line).join(', ')}.`;
  };
  for (const column of columns) {
    const button = el('button', { type: 'button' }, line(column.name) + (tableView.by === column.name ? (tableView.down ? ' ▼' : ' ▲') : ''));
    const header = el('th', { class: column.left ? 'left' : '', 'aria-sort': tableView.by === column.name ? (tableView.down ? 'descending' : 'ascending') : 'none' }, button);
    button.addEventListener('click', () => {
      tableView.down = tableView.by === column.name ? !tableView.down : false;
      tableView.by = column.name;
      tableView.from = 0;
      for (const other of head.children) {
        const isOwn = other === header;
        other.setAttribute('aria-sort', isOwn ? (tableView.down ? 'descending' : 'ascending') : 'none');
        other.firstChild.textContent = other.firstChild.textContent.replace(/ [▲▼]$/, '') + (isOwn ? (tableView.down ? ' ▼' : ' ▲') : '');
      }
      order();
    });
    head.append(header);
  }
  search.addEventListener('input', () => { tableView.text = search.value; tableView.from = 0; order(); });
  back.addEventListener('click', () => { tableView.from -= tableView.rows; fill(); });
  on.addEventListener('click', () => { tableView.from += tableView.rows; fill(); });
  host.append(el('div', { class: 'controls' }, search, words, back, on), el('div', { class: 'scroll' }, el('table', {}, el('thead', {}, head), body)));
  study.watchers.push(() => { if (host.isConnected) { tableView.from = 0; order(); } });
  order();
}

/** By a column, or the furthest and best first. What is missing comes last. */
function sortIndices(indices, column, study) {
  if (!column) {
    const { resource, value, violation } = study.trials;
    const broken = (index) => (violation && violation[index] > 0 ? violation[index] : 0);
    const loss = (index) => (value[index] === null ? Infinity : study.sign * value[index]);
    return indices.sort((a, b) => (broken(a) > 0) - (broken(b) > 0) || (resource[b] ?? -1) - (resource[a] ?? -1) || broken(a) - broken(b) || (loss(a) < loss(b) ? -1 : loss(a) > loss(b) ? 1 : a - b));
  }
  const keys = new Map(indices.map((index) => [index, column.at(index)]));
  const turn = tableView.down ? -1 : 1;
  return indices.sort((a, b) => {
    const [one, other] = [keys.get(a), keys.get(b)];
    if (one === null || other === null || one === undefined || other === undefined) return (one === null || one === undefined) - (other === null || other === undefined) || a - b;
    const isMixed = typeof one !== typeof other;
    const [left, right] = isMixed ? [String(one), String(other)] : [one, other];
    return turn * (left < right ? -1 : left > right ? 1 : 0) || a - b;
  });
}

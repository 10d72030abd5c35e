'use strict';
// The ladder: how many trials reached each rung, and how many went on.

function ladderSection(host, study) {
  const { rungs } = study.doc;
  if (!rungs.length) return host.append(el('p', { class: 'note' }, 'No trial is on its way yet.'));
  const most = Math.max(1, ...rungs.map((rung) => rung.results + rung.running));
  const colours = theme.get();
  const table = el('table', {}, el('thead', {}, el('tr', {}, ['rung', 'resource', 'running', 'results', 'promoted', `best ${line(study.metric)}`].map((name) => el('th', {}, name)), el('th', { class: 'left' }, ''))));
  const body = el('tbody', {});
  for (const rung of rungs) {
    const fill = (part, colour) => styled(el('i', { class: 'fill' }), { width: `${95 * part / most}%`, background: colour });
    const rest = rung.results - rung.promoted;
    body.append(el('tr', {},
      [String(rung.rung), rung.resource === null ? '–' : String(rung.resource), count(rung.running), count(rung.results), count(rung.promoted), fmt(rung.best)].map((text) => el('td', {}, text)),
      el('td', { class: 'wide', 'aria-hidden': 'true' }, rung.promoted ? fill(rung.promoted, colours.best) : null, rest ? fill(rest, colours.worst) : null, rung.running ? fill(rung.running, colours.warn) : null)));
  }
  table.append(body);
  const legend = el('div', { class: 'legend' });
  for (const [words, colour] of [['promoted', colours.best], ['other results', colours.worst], ['on their way', colours.warn]]) {
    legend.append(el('span', {}, styled(el('i', {}), { background: colour }), words));
  }
  host.append(el('div', { class: 'scroll' }, table), legend);
}

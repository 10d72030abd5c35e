'use strict';
// How important each parameter is, by PED-ANOVA, at each rung that has enough results.

const importancesView = { rung: null };

function importancesSection(host, study) {
  const { importances } = study.doc;
  if (!importances.length) return host.append(el('p', { class: 'note' }, 'Ten results in a rung are needed first.'));
  const newest = importances.reduce((best, own) => (own.results >= 30 ? own : best), importances[0]);
  const chosen = importances.find((own) => own.rung === importancesView.rung) || newest;
  const list = el('div', {});
  const options = importances.map((own) => [own.rung, `rung ${own.rung} (resource ${own.resource}, ${count(own.results)} results)`]);
  host.append(
    el('p', { class: 'note' }, `Which parameters decide whether a trial is among the best tenth in ${line(study.metric)} (PED-ANOVA). They add up to 100 %. By few results they are rough.`),
    el('div', { class: 'controls' }, menu('Results of', options, chosen.rung, (rung) => { importancesView.rung = Number(rung); list.replaceChildren(importanceTable(study, importances.find((own) => own.rung === Number(rung)))); })),
    list);
  list.append(importanceTable(study, chosen));
}

function importanceTable(study, own) {
  const sum = own.values.reduce((total, value) => total + value, 0);
  const order = own.values.map((value, index) => ({ value: sum > 0 ? value / sum : 0, name: study.parameters[index].name })).sort((a, b) => b.value - a.value);
  const body = el('tbody', {});
  for (const { name, value } of order) {
    const fill = styled(el('i', { class: 'fill' }), { width: `${Math.max(0.3, 62 * value / (order[0].value || 1))}%` });
    body.append(el('tr', {}, el('td', { class: 'wrap' }, line(name)), el('td', { class: 'wide' }, fill, ` ${(100 * value).toFixed(1)} %`)));
  }
  return el('table', {}, body);
}

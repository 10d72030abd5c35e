'use strict';
// How attempts ended, by cause.

function endsSection(host, study) {
  const { ends } = study.doc;
  if (!ends.length) return host.append(el('p', { class: 'note' }, 'No attempt has started yet.'));
  const most = Math.max(...ends.map((end) => end.count));
  const body = el('tbody', {});
  for (const end of ends) {
    const fill = styled(el('i', { class: 'fill' }), { width: `${Math.max(0.5, 70 * end.count / most)}%`, background: theme.get().kinds[end.kind] });
    body.append(el('tr', {}, el('td', { class: 'wrap' }, line(end.cause)), el('td', { class: 'wide' }, fill, ` ${count(end.count)}`)));
  }
  host.append(el('table', {}, el('thead', {}, el('tr', {}, el('th', { class: 'left' }, 'cause'), el('th', { class: 'left' }, 'attempts'))), body));
}

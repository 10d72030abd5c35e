'use strict';
// One trial's page: its parameters, attempts, reports, output, why it stands where it does, and how to train it again.

async function showTrial(study, trial) {
  const main = document.getElementById('main');
  document.getElementById('trial')?.remove();
  const index = study.place.get(trial);
  const host = el('section', { id: 'trial', class: 'wide', tabIndex: -1, 'aria-label': `Trial ${trial}` });
  const close = el('button', { type: 'button', on: { click: () => { location.hash = ''; host.remove(); } } }, 'Close');
  host.append(el('div', { class: 'top' }, el('h2', {}, `Trial ${trial}`), close));
  main.prepend(host);
  host.focus({ preventScroll: true });
  host.scrollIntoView({ block: 'start' });
  if (index === undefined) return host.append(el('p', {}, 'There is no such trial in this study.'));
  const { trials, doc } = study;
  const facts = [['state', study.state(index)], ['rung', String(trials.rung[index])], ['resource', fmt(trials.resource[index])], [study.metric, String(trials.value[index] ?? '–')]];
  for (const [name, column] of Object.entries(trials.metrics)) facts.push([name, String(column[index] ?? '–')]);
  const broken = brokenBounds(study, index);
  if (broken.length) facts.push(['breaks', broken.map(({ metric, side, limit }) => `${metric}, ${side} ${fmt(limit)}`).join('; ')]);
  const list = (pairs) => el('dl', {}, pairs.map(([name, value]) => [el('dt', {}, line(name)), el('dd', {}, line(value))]));
  const why = el('p', {});
  const parameters = study.parameters.filter((axis) => axis.column[index] !== null).map((axis) => [axis.name, axis.values ? String(axis.values[axis.column[index]]) : String(axis.column[index])]);
  host.append(list(facts), why, el('h2', {}, 'Parameters'), list(parameters));
  const more = el('div', {});
  host.append(more);
  let detail = doc.details[trial];
  if (!detail && doc.live) {
    more.append(el('p', { class: 'note' }, 'Loading …'));
    try {
      detail = await fetchTrial(trial);
    } catch (error) {
      return more.replaceChildren(el('p', { class: 'note' }, `It cannot be loaded: ${error.message}`));
    }
  }
  if (!detail) {
    return more.append(el('p', { class: 'note' }, 'This file has the whole story of some trials only. This command prints it:'), command(`stune show ${shellQuoted(doc.directory)} ${trial}`));
  }
  why.textContent = plain(detail.story.why);
  more.replaceChildren(...trialParts(study, detail));
}

function trialParts(study, detail) {
  const { story } = detail;
  const parts = [el('h2', {}, 'Attempts')];
  parts.push(el('div', { class: 'scroll' }, el('table', {},
    el('thead', {}, el('tr', {}, ['', 'rung', 'resource'].map((name) => el('th', {}, name)), ['why', 'task', 'node', 'time', 'end'].map((name) => el('th', { class: 'left' }, name)))),
    el('tbody', {}, story.attempts.map((own) => el('tr', {},
      [String(own.attempt), String(own.rung), `${own.from}–${own.to}`].map((text) => el('td', {}, text)),
      el('td', { class: 'wrap' }, line(own.why)),
      [own.task, own.host, own.started ? `${moment(own.started)}${own.ended ? `, ${duration(own.ended - own.started)}` : ''}` : 'not started'].map((text) => el('td', { class: 'left' }, line(text))),
      el('td', { class: 'wrap' }, line(own.ending))))))));
  const failed = story.attempts.filter((own) => own.stderr);
  for (const own of failed) parts.push(el('p', { class: 'note' }, `The last lines of attempt ${own.attempt} on standard error`), el('pre', { class: 'output' }, own.stderr));
  if (story.schedule) parts.push(el('h2', {}, 'Schedule'), scheduleTable(story.schedule));
  if (story.reports.length) parts.push(el('h2', {}, 'Reports'), reportTable(study, story.reports));
  for (const output of detail.outputs) {
    parts.push(el('h2', {}, output.stream === 'stderr' ? 'Standard error' : 'Standard output'), el('p', { class: 'note' }, `Attempt ${output.attempt}${output.isCut ? ', the end of it' : ''}. All of it:`), command(output.command), el('pre', { class: 'output' }, output.text));
  }
  parts.push(el('h2', {}, 'Commands'), command(detail.show));
  if (story.checkpoint) parts.push(el('p', { class: 'note' }, `Checkpoint: ${line(story.checkpoint)}`));
  if (detail.again) parts.push(el('p', { class: 'note' }, 'Train it again, outside of the study:'), command(detail.again));
  return parts;
}

function scheduleTable(schedule) {
  const names = [...new Set(schedule.flatMap((step) => Object.keys(step.configuration)))].sort();
  return el('div', { class: 'scroll' }, el('table', {},
    el('thead', {}, el('tr', {}, ['trial', 'from', 'to', ...names].map((name) => el('th', {}, line(name))))),
    el('tbody', {}, schedule.map((step) => el('tr', {}, el('td', {}, trialLink(step.trial)), [step.from, step.to, ...names.map((name) => step.configuration[name] ?? '')].map((value) => el('td', {}, typeof value === 'number' ? fmt(value) : line(value))))))));
}

/** The newest reports; all of a long list would be no help. */
function reportTable(study, reports) {
  const shown = reports.slice(-100);
  const names = [...new Set(shown.flatMap((own) => Object.keys(own.metrics)))].filter((name) => name !== study.metric).sort().slice(0, 12);
  const note = shown.length < reports.length ? el('p', { class: 'note' }, `The last 100 of ${count(reports.length)}.`) : null;
  return el('div', { class: 'scroll' }, note, el('table', {},
    el('thead', {}, el('tr', {}, ['resource', study.metric, 'attempt', ...names].map((name) => el('th', {}, line(name))))),
    el('tbody', {}, shown.map((own) => el('tr', {}, [String(own.resource), fmt(own.value), `${own.attempt ?? '–'}${own.current ? '' : ' (superseded)'}`, ...names.map((name) => fmt(own.metrics[name]))].map((text) => el('td', {}, text)))))));
}

function shellQuoted(text) {
  if (/^[\w./:=,+@%-]+$/.test(text)) return text;
  return `'${text.replace(/'/g, "'\\''")}'`;
}

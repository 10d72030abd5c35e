'use strict';
// The head: the state of the study, its best trial, what runs, what it has used, and what people should know.

const STATE_WORDS = {
  unfinished: ['unfinished', 'busy'], complete: ['complete', 'good'], cancelled: ['cancelled', 'bad'],
  refused: ['refused', 'bad'], failed: ['too many failures', 'bad'],
};

function drawHead(study) {
  const { doc } = study;
  document.title = `${line(doc.name)} – stune`;
  document.getElementById('name').textContent = line(doc.name);
  const badge = document.getElementById('state');
  let [words, kind] = STATE_WORDS[doc.state] || [doc.state, ''];
  if (doc.state === 'unfinished') {
    const state = doc.controller && doc.controller.state;
    words = state === 'running' ? 'running' : state === 'none' ? 'no controller runs' : 'unfinished';
    kind = state === 'none' ? 'bad' : 'busy';
  }
  badge.textContent = words;
  badge.className = `badge ${kind}`;
  const foot = document.getElementById('foot');
  foot.textContent = `${line(doc.directory)} · as of ${moment(doc.snapshot)} · stune ${line(doc.release)}`;
}

function overviewSection(host, study) {
  const { doc } = study;
  host.append(tiles(study), progressBar(doc));
  if (doc.outcome) host.append(el('p', {}, doc.outcome));
  for (const fact of doc.facts) host.append(el('p', { class: 'note' }, line(fact)));
  if (doc.bounds.length) {
    const words = doc.bounds.map(({ metric, side, limit }) => `${line(metric)} ${side} ${fmt(limit)}`).join(', ');
    const broken = study.trials.violation.filter((own) => own > 0).length;
    host.append(el('p', { class: 'note' }, `Bounds: ${words}. The last results of ${count(broken)} trials break them.`));
    if (doc.best && doc.best.violation > 0) host.append(el('div', { class: 'warning' }, 'No trial keeps all bounds; the best one breaks them the least.'));
  }
  for (const warning of doc.warnings) {
    host.append(el('div', { class: 'warning' }, warning.text, warning.command ? command(warning.command) : null));
  }
  const controller = doc.controller;
  if (controller && controller.state !== 'running') {
    const words = controller.state === 'none'
      ? `No controller runs${controller.since ? ` since ${moment(controller.since)}` : ''}: tasks that run go on, and nothing new is started. Resume with:`
      : `Controller: ${controller.holder || 'unknown'}. Whether it still runs cannot be seen from here. If it is gone, resume with:`;
    const resume = controller.state === 'none' ? controller.resume : `${controller.resume} --take-over`;
    host.append(el('div', { class: 'warning' }, words, command(resume)));
  }
}

function tiles(study) {
  const { doc } = study;
  const tile = (value, words) => el('div', { class: 'tile' }, el('b', {}, value), el('span', {}, words));
  const sampled = study.count;
  const found = [];
  if (doc.best) {
    const words = el('span', {}, `best ${line(study.metric)}: trial `, trialLink(doc.best.trial), ` at ${doc.best.resource}`);
    found.push(el('div', { class: 'tile' }, el('b', {}, fmt(doc.best.value)), words));
  } else if (doc.pareto && doc.pareto.length) {
    found.push(tile(String(doc.pareto.length), 'trials that no other dominates'));
  }
  found.push(tile(`${count(sampled)} of ${count(doc.planned)}`, 'trials'));
  if (doc.state === 'unfinished') found.push(tile(count(doc.tasks.running), `tasks run, ${count(doc.tasks.waiting)} wait`));
  found.push(tile(duration(doc.spent.wallSeconds), doc.ended ? `from ${moment(doc.created)}` : `since ${moment(doc.created)}`));
  found.push(tile(fmt(Number(doc.spent.nodeHours.toPrecision(3))), 'node-hours'));
  if (doc.spent.cpuHours !== null) found.push(tile(fmt(Number(doc.spent.cpuHours.toPrecision(3))), 'CPU-hours'));
  if (doc.checkpoints.bytes > 0) {
    found.push(tile(bytes(doc.checkpoints.bytes), doc.checkpoints.quota ? `of checkpoints, at most ${bytes(doc.checkpoints.quota)}` : 'of checkpoints'));
  }
  return el('div', { class: 'tiles' }, found);
}

/** The trials by state, in a bar. */
function progressBar(doc) {
  const colours = theme.get().states;
  const whole = Math.max(doc.planned, Object.values(doc.counts).reduce((sum, number) => sum + number, 0));
  const bar = el('div', { class: 'bar', role: 'img', 'aria-label': 'Trials by state' });
  const legend = el('div', { class: 'legend' });
  for (const state of ['completed', 'running', 'paused', 'stopped', 'diverged', 'failed', 'cancelled']) {
    const number = doc.counts[state];
    if (!number) continue;
    bar.append(styled(el('i', {}), { width: `${100 * number / whole}%`, background: colours[state] }));
    legend.append(el('span', {}, styled(el('i', {}), { background: colours[state] }), `${count(number)} ${state}`));
  }
  return el('div', {}, bar, legend);
}

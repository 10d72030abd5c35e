'use strict';
// A timeline: what ran on which node, and how long it had waited in the queue.

function timelineSection(host, study) {
  const { timeline } = study.doc;
  const number = timeline.trial.length;
  if (!number) return host.append(el('p', { class: 'note' }, 'No attempt has started yet.'));
  const now = study.doc.spent.wallSeconds;
  const rows = packed(timeline, now);
  const waits = timeline.waits;
  const newest = number < timeline.of ? `The newest ${count(number)} of ${count(timeline.of)} attempts. ` : '';
  const queue = waits.count ? `Tasks waited ${duration(waits.median)} in the queue (median of ${count(waits.count)}), 90 % at most ${duration(waits.most90)}, the longest ${duration(waits.longest)}.` : '';
  host.append(el('p', { class: 'note' }, newest + queue));
  const height = Math.max(120, Math.min(620, rows.count * 16 + 44));
  const chart = new Chart(host, {
    label: 'A timeline of attempts by node', height, margin: { left: 110, bottom: 34 }, bare: true,
    paint: (context) => paintTimeline(context, chart, study, rows, now),
    pick: (x, y) => pickSpan(chart, timeline, rows, now, x, y),
    words: (at) => spanWords(study, at, now),
    mark: (context, _, at) => {
      const box = spanBox(chart, timeline, rows, at, now);
      context.strokeStyle = theme.get().text;
      context.lineWidth = 2;
      context.strokeRect(box.x, box.y, Math.max(3, box.width), box.height);
    },
    things: () => timeline.trial.map((_, at) => at),
    open: (at) => { location.hash = `trial-${timeline.trial[at]}`; },
  });
  let begin = Infinity;
  for (let at = 0; at < number; at += 1) begin = Math.min(begin, timeline.queued[at] ?? timeline.begin[at]);
  chart.x = { scale: 'linear', low: Math.max(0, begin), high: Math.max(now, begin + 1), words: duration, isTime: true };
  const legend = el('div', { class: 'legend' });
  new Set(timeline.kind).forEach((kind) => legend.append(el('span', {}, styled(el('i', {}), { background: theme.get().kinds[kind] }), timeline.kinds[kind])));
  legend.append(el('span', {}, 'thin: waiting in the queue'));
  host.append(legend);
  chart.draw();
}

/** A row of its own for each attempt that runs beside another on its node. */
function packed(timeline, now) {
  const order = timeline.trial.map((_, at) => at).sort((a, b) => timeline.host[a] - timeline.host[b] || timeline.begin[a] - timeline.begin[b]);
  const row = new Array(order.length);
  const hosts = [];
  let [first, host, free] = [0, null, []];
  for (const at of order) {
    if (timeline.host[at] !== host) {
      if (host !== null) first += free.length;
      host = timeline.host[at];
      free = [];
      hosts.push({ host, row: first });
    }
    let place = free.findIndex((end) => end <= timeline.begin[at] + 1e-3);
    if (place < 0) { place = free.length; free.push(0); }
    free[place] = timeline.end[at] ?? now;
    row[at] = first + place;
  }
  return { row, hosts, count: first + free.length };
}

function spanBox(chart, timeline, rows, at, now) {
  const plot = chart.plot;
  const height = plot.height / rows.count;
  const x = chart.px(timeline.begin[at]);
  const end = timeline.end[at] ?? (timeline.kind[at] === 1 ? now : timeline.begin[at]);
  return { x, y: plot.top + rows.row[at] * height + Math.min(1, height * 0.1), width: chart.px(end) - x, height: Math.max(1, height - Math.min(2, height * 0.2)) };
}

function paintTimeline(context, chart, study, rows, now) {
  const { timeline } = study.doc;
  const colours = theme.get();
  const plot = chart.plot;
  const height = plot.height / rows.count;
  context.font = '12px system-ui, sans-serif';
  context.strokeStyle = colours.rule;
  context.fillStyle = colours.muted;
  context.textBaseline = 'top';
  context.textAlign = 'center';
  for (const tick of ticks(chart.x, plot.width / 90)) {
    const x = Math.round(chart.px(tick)) + 0.5;
    context.beginPath();
    context.moveTo(x, plot.top);
    context.lineTo(x, plot.top + plot.height);
    context.stroke();
    context.fillText(duration(tick), x, plot.top + plot.height + 6);
  }
  context.textAlign = 'right';
  let free = -Infinity;
  for (const { host, row } of rows.hosts) {
    const y = plot.top + row * height;
    context.beginPath();
    context.moveTo(plot.left, y);
    context.lineTo(plot.left + plot.width, y);
    context.stroke();
    if (y >= free) {
      context.fillText(clipped(context, line(timeline.hosts[host]) || '?', chart.margin.left - 10), chart.margin.left - 6, y + Math.max(0, Math.min(4, height / 2 - 6)));
      free = y + 13;
    }
  }
  timeline.trial.forEach((_, at) => {
    const box = spanBox(chart, timeline, rows, at, now);
    context.fillStyle = colours.kinds[timeline.kind[at]];
    context.globalAlpha = 0.85;
    context.fillRect(box.x, box.y, Math.max(1, box.width - (box.width > 4 ? 1 : 0)), box.height);
    if (timeline.queued[at] !== null) {
      const from = Math.max(plot.left, chart.px(timeline.queued[at]));
      context.globalAlpha = 0.35;
      context.fillRect(from, box.y + box.height / 2 - 0.5, Math.max(0, box.x - from), 1);
    }
  });
  context.globalAlpha = 1;
}

function pickSpan(chart, timeline, rows, now, x, y) {
  const plot = chart.plot;
  const row = Math.floor((y - plot.top) / (plot.height / rows.count));
  let [best, distance] = [null, 12];
  if (!chart.byRow) {
    chart.byRow = new Map();
    rows.row.forEach((own, at) => { const list = chart.byRow.get(own); if (list) list.push(at); else chart.byRow.set(own, [at]); });
  }
  for (const at of chart.byRow.get(row) || []) {
    const box = spanBox(chart, timeline, rows, at, now);
    const own = Math.max(box.x - x, x - box.x - box.width, 0);
    if (own < distance) { distance = own; best = at; }
  }
  return best;
}

function spanWords(study, at, now) {
  const { timeline } = study.doc;
  const end = timeline.end[at];
  const wait = timeline.queued[at] === null ? '' : `\nwaited ${duration(timeline.begin[at] - timeline.queued[at])} in the queue`;
  const time = end === null ? (timeline.kind[at] === 1 ? `runs for ${duration(now - timeline.begin[at])}` : 'no word of its end') : `ran ${duration(end - timeline.begin[at])}`;
  return `trial ${timeline.trial[at]}, rung ${timeline.rung[at]}\ntask ${line(timeline.task[at])} on ${line(timeline.hosts[timeline.host[at]])}\n${time}: ${timeline.kinds[timeline.kind[at]]}${wait}`;
}

'use strict';
// The best result of each rung, over time or over node-hours.

const progressView = { by: 0 };

function progressSection(host, study) {
  const { progress } = study.doc;
  if (!progress.rungs.length) return host.append(el('p', { class: 'note' }, 'There is no result yet.'));
  const controls = el('div', { class: 'controls' });
  const top = progress.rungs[progress.rungs.length - 1].rung;
  host.append(controls);
  const resource = (rung) => { const own = study.doc.rungs.find((each) => each.rung === rung); return own && own.resource !== null ? own.resource : '?'; };
  const things = progress.rungs.flatMap((rung) => rung.steps.map((step) => ({ rung: rung.rung, step })));
  const chart = new Chart(host, {
    label: `The best ${study.metric} of each rung so far`, height: 300,
    paint: (context) => paintProgress(context, chart, progress, top, resource),
    pick: (x, y) => { const found = chart.nearest && chart.nearest.find(x, y, 4); return found ? found.thing : null; },
    words: ({ rung, step }) => `trial ${step[3]}, rung ${rung} (resource ${resource(rung)})\n${line(study.metric)} ${fmt(step[2])}\nafter ${duration(step[0])}, ${fmt(step[1])} node-hours`,
    mark: (context, _, { step }) => {
      context.fillStyle = theme.get().accent;
      context.beginPath();
      context.arc(chart.px(step[progressView.by]), chart.py(step[2]), 5, 0, 7);
      context.fill();
    },
    things: () => things,
    open: ({ step }) => { location.hash = `trial-${step[3]}`; },
  });
  const range = () => {
    const values = things.map(({ step }) => step[2]);
    const firsts = progress.rungs.flatMap((rung) => rung.steps.slice(0, 1).map((step) => step[2]));
    const [low, high] = padded(Math.min(...values, ...firsts), Math.max(...values));
    const isTime = progressView.by === 0;
    chart.x = { name: isTime ? 'time' : 'node-hours', scale: 'linear', low: 0, high: progress.end[progressView.by] || 1, words: isTime ? duration : fmt, isTime };
    chart.y = { name: study.metric, scale: 'linear', low, high };
  };
  controls.append(choice('Over', [[0, 'time'], [1, 'node-hours']], progressView.by, (value) => { progressView.by = value; range(); chart.draw(); }));
  range();
  chart.draw();
}

function paintProgress(context, chart, progress, top, resource) {
  chart.nearest = new Nearest();
  const by = progressView.by;
  progress.rungs.forEach((rung, place) => {
    context.strokeStyle = theme.scale((place + 1) / progress.rungs.length);
    context.fillStyle = context.strokeStyle;
    context.lineWidth = rung.rung === top ? 2.5 : 1.3;
    context.beginPath();
    rung.steps.forEach((step, index) => {
      const [x, y] = [chart.px(step[by]), chart.py(step[2])];
      chart.nearest.add(x, y, { rung: rung.rung, step });
      if (index === 0) context.moveTo(x, y);
      else { context.lineTo(x, chart.py(rung.steps[index - 1][2])); context.lineTo(x, y); }
    });
    const last = rung.steps[rung.steps.length - 1];
    context.lineTo(chart.px(progress.end[by]), chart.py(last[2]));
    context.stroke();
    for (const step of rung.steps) context.fillRect(chart.px(step[by]) - 2, chart.py(step[2]) - 2, 4, 4);
    context.textAlign = 'right';
    context.textBaseline = 'bottom';
    context.fillText(`${resource(rung.rung)}`, chart.px(progress.end[by]) - 3, chart.py(last[2]) - 2);
  });
}

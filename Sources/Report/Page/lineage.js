'use strict';
// Population Based Training: who went on from whose checkpoint, and the schedules of parameters that came of it.

const lineageView = { parameter: 0 };

/** The trial, its parent, that one's parent, and so on; the first one first. */
function ancestors(study, trial) {
  const found = [];
  const seen = new Set();
  for (let own = trial; own !== null && own !== undefined && !seen.has(own); own = study.trials.parent[study.place.get(own)]) {
    seen.add(own);
    found.unshift(own);
  }
  return found;
}

function lineageSection(host, study) {
  const numbersOf = new Map(study.doc.curves.series.map((numbers) => [numbers[0], numbers]));
  const best = study.doc.best ? study.doc.best.trial : null;
  const family = new Set(best === null ? [] : ancestors(study, best));
  host.append(el('p', { class: 'note' }, 'Each curve is a trial; a thin line leads from the trial whose checkpoint it went on from. The ancestors of the best trial stand out.'));
  const chart = new Chart(host, {
    label: 'Trials and the trials that they went on from', height: 320,
    paint: (context) => paintLineage(context, chart, study, numbersOf, family),
    pick: (x, y) => { const found = chart.nearest && chart.nearest.find(x, y); return found ? found.thing : null; },
    words: (trial) => `${study.title(study.place.get(trial))}\n${lineOf(study, trial)}`,
    mark: (context, _, trial) => { for (const own of ancestors(study, trial)) strokeNumbers(context, chart, numbersOf.get(own), theme.get().accent, 2.5); },
    things: () => [...numbersOf.keys()].reverse(),
    open: (trial) => { location.hash = `trial-${trial}`; },
  });
  const series = [...numbersOf.values()].map((numbers) => ({ trial: numbers[0], index: study.place.get(numbers[0]), numbers }));
  if (!series.length) return;
  Object.assign(chart, curveAxes(study, series));
  chart.draw();
  if (best === null) return;
  const axes = study.parameters.filter((axis) => !axis.values || axis.values.length > 1);
  if (!axes.length) return;
  const box = el('div', {});
  const show = () => box.replaceChildren(scheduleChart(study, [...family], axes[lineageView.parameter] || axes[0], numbersOf));
  host.append(el('div', { class: 'controls' }, el('strong', {}, `Schedule of trial ${best}`), menu('Parameter', axes.map((axis, place) => [place, line(axis.name)]), lineageView.parameter, (place) => { lineageView.parameter = Number(place); show(); })), box);
  show();
}

function lineOf(study, trial) {
  const family = ancestors(study, trial);
  return family.length > 1 ? `from ${family.slice(-6, -1).reverse().join(', ')}${family.length > 6 ? ', …' : ''}` : 'from the start';
}

function strokeNumbers(context, chart, numbers, colour, width) {
  if (!numbers) return;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  for (let at = 1; at < numbers.length; at += 2) {
    if (at === 1) context.moveTo(chart.px(numbers[at]), chart.py(numbers[at + 1])); else context.lineTo(chart.px(numbers[at]), chart.py(numbers[at + 1]));
  }
  context.stroke();
}

function paintLineage(context, chart, study, numbersOf, family) {
  chart.nearest = new Nearest();
  const colours = theme.get();
  for (const [trial, numbers] of numbersOf) {
    const parent = study.trials.parent[study.place.get(trial)];
    const from = parent === null ? null : numbersOf.get(parent);
    const isFamily = family.has(trial);
    if (from) {
      let at = from.length - 2;
      while (at > 1 && from[at] >= numbers[1]) at -= 2;
      context.strokeStyle = isFamily ? colours.best : colours.worst;
      context.lineWidth = isFamily ? 1.5 : 0.6;
      context.beginPath();
      context.moveTo(chart.px(from[at]), chart.py(from[at + 1]));
      context.lineTo(chart.px(numbers[1]), chart.py(numbers[2]));
      context.stroke();
    }
    strokeNumbers(context, chart, numbers, isFamily ? colours.best : colours.worst, isFamily ? 2.5 : 1);
    for (let at = 1; at < numbers.length; at += 2) chart.nearest.add(chart.px(numbers[at]), chart.py(numbers[at + 1]), trial);
  }
}

/** The value of a parameter in each ancestor, over the resource for which it was trained. */
function scheduleChart(study, family, axis, numbersOf) {
  const host = el('div', {});
  const steps = family.map((trial, place) => {
    const own = numbersOf.get(trial);
    const next = numbersOf.get(family[place + 1]);
    const before = numbersOf.get(family[place - 1]);
    const from = place === 0 || !own || !before ? 0 : Math.min(own[1], before[before.length - 2]);
    const to = next ? next[1] : study.trials.resource[study.place.get(trial)] ?? from;
    return { trial, from, to, value: axis.column[study.place.get(trial)] };
  }).filter((step) => step.value !== null);
  const chart = new Chart(host, {
    label: `The schedule of ${axis.name}`, height: 200,
    paint: (context) => {
      context.strokeStyle = theme.get().best;
      context.lineWidth = 2.5;
      context.beginPath();
      steps.forEach((step, place) => {
        if (place === 0) context.moveTo(chart.px(step.from), chart.py(step.value)); else context.lineTo(chart.px(step.from), chart.py(step.value));
        context.lineTo(chart.px(step.to), chart.py(step.value));
      });
      context.stroke();
    },
    pick: (x) => steps.findIndex((step) => x >= chart.px(step.from) && x <= chart.px(step.to) + 1),
    words: (place) => (steps[place] ? `trial ${steps[place].trial}\n${line(axis.name)} ${study.words(axis, steps[place].value)}\nfrom ${steps[place].from} to ${steps[place].to}` : ''),
    things: () => steps.map((_, place) => place),
    open: (place) => { if (steps[place]) location.hash = `trial-${steps[place].trial}`; },
  });
  chart.x = { name: 'resource', scale: 'linear', low: 0, high: Math.max(1, ...steps.map((step) => step.to)) };
  chart.y = { ...axis, words: (value) => study.words(axis, value) };
  chart.draw();
  return host;
}

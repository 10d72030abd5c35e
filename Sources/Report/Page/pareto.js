'use strict';
// Several metrics: the trials that no other dominates, among all others.

const paretoView = { pair: [0, 1] };

function paretoSection(host, study) {
  const { objectives, pareto } = study.doc;
  const column = (place) => (place === 0 ? study.trials.value : study.trials.metrics[objectives[place].metric]);
  const names = objectives.map((objective, place) => [place, `${line(objective.metric)} (${objective.goal})`]);
  const box = el('div', {});
  const show = () => {
    const [x, y] = paretoView.pair.map((place) => numbers(objectives[place].metric, column(place)));
    box.replaceChildren(paretoChart(study, x, y, new Set(pareto.map((own) => own.trial))));
  };
  if (objectives.length > 2) {
    host.append(el('div', { class: 'controls' }, menu('Across', names, 0, (place) => { paretoView.pair[0] = Number(place); show(); }), menu('Upwards', names, 1, (place) => { paretoView.pair[1] = Number(place); show(); })));
  }
  host.append(box);
  show();
  const table = el('table', {}, el('thead', {}, el('tr', {}, el('th', {}, 'trial'), el('th', {}, 'resource'), objectives.map((objective) => el('th', {}, line(objective.metric))))));
  table.append(el('tbody', {}, pareto.slice(0, 50).map((own) => el('tr', {}, el('td', {}, trialLink(own.trial)), el('td', {}, fmt(own.resource)), own.values.map((value) => el('td', {}, fmt(value)))))));
  host.append(el('div', { class: 'scroll' }, table));
}

/** An axis of numbers. */
function numbers(name, column) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of column) if (value !== null) { low = Math.min(low, value); high = Math.max(high, value); }
  [low, high] = low > high ? [0, 1] : padded(low, high);
  return { name, scale: 'linear', column, low, high };
}

function paretoChart(study, x, y, front) {
  const host = el('div', {});
  const chart = new Chart(host, {
    label: `${y.name} by ${x.name}, and the trials that no other dominates`, height: 320,
    paint: (context) => {
      chart.nearest = new Nearest();
      const isFront = (index) => front.has(study.trials.trial[index]);
      const { indices } = study.sample(4000, (index) => !isFront(index) && x.column[index] !== null && y.column[index] !== null);
      const members = study.trials.trial.map((_, index) => index).filter((index) => isFront(index) && x.column[index] !== null && y.column[index] !== null);
      for (const index of [...indices, ...members]) {
        const [px, py, size] = [chart.px(x.column[index]), chart.py(y.column[index]), isFront(index) ? 4 : 2];
        context.fillStyle = isFront(index) ? theme.get().best : theme.get().worst;
        context.fillRect(px - size, py - size, 2 * size, 2 * size);
        chart.nearest.add(px, py, { index, px, py });
      }
    },
    pick: (px, py) => { const found = chart.nearest && chart.nearest.find(px, py, 1); return found ? found.thing : null; },
    words: ({ index }) => `trial ${study.trials.trial[index]}\n${line(x.name)} ${fmt(x.column[index])}\n${line(y.name)} ${fmt(y.column[index])}`,
    mark: (context, _, { px, py }) => { context.strokeStyle = theme.get().accent; context.lineWidth = 2; context.strokeRect(px - 5, py - 5, 10, 10); },
    things: () => (chart.nearest ? chart.nearest.points.map((point) => point.thing).reverse() : []),
    open: ({ index }) => { location.hash = `trial-${study.trials.trial[index]}`; },
  });
  chart.x = x;
  chart.y = y;
  chart.draw();
  return host;
}

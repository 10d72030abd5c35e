'use strict';
// Slices: the result by one parameter. Pairs: two parameters, and the result as a colour.

const slicesView = { pair: [null, null] };
const SLICE_POINTS = 2500;

function slicesSection(host, study) {
  const axes = study.parameters.filter((axis) => !axis.values || axis.values.length > 1);
  if (!axes.length) return host.append(el('p', { class: 'note' }, 'No parameter varies.'));
  const scatterer = (axis) => scatter(study, axis, study.objectiveAxis(), 170);
  const grid = el('div', { class: 'small' });
  const rest = axes.slice(12);
  for (const axis of axes.slice(0, 12)) grid.append(scatterer(axis));
  host.append(el('p', { class: 'note' }, `${line(study.metric)} of the last result by each parameter; the best is at the top, and trials worse than 95 % are at the bottom.`), grid);
  if (rest.length) {
    const more = el('button', { type: 'button' }, `${rest.length} more`);
    more.addEventListener('click', () => { for (const axis of rest) grid.append(scatterer(axis)); more.remove(); });
    host.append(more);
  }
  if (axes.length < 2) return;
  const names = axes.map((axis, place) => [place, line(axis.name)]);
  const pair = slicesView.pair.map((own, side) => (own === null || !axes[own] ? side : own));
  const box = el('div', {});
  const show = () => { slicesView.pair = pair; box.replaceChildren(scatter(study, axes[pair[0]], axes[pair[1]], 320)); };
  host.append(el('div', { class: 'controls' }, el('strong', {}, 'Pair'), menu('Across', names, pair[0], (place) => { pair[0] = Number(place); show(); }), menu('Upwards', names, pair[1], (place) => { pair[1] = Number(place); show(); })), box);
  show();
}

/** A trial is a point; its colour is its result. */
function scatter(study, x, y, height) {
  const host = el('div', {});
  let indices = [];
  const jitter = (axis, index) => (axis.values ? (((index * 2654435761) >>> 8) % 1000 / 1000 - 0.5) * 0.6 : 0);
  const chart = new Chart(host, {
    label: `${y.name} by ${x.name}`, height,
    paint: (context) => {
      chart.nearest = new Nearest();
      ({ indices } = study.sample(SLICE_POINTS, (index) => x.column[index] !== null && y.column[index] !== null && study.trials.value[index] !== null && study.isChosen(index)));
      const plot = chart.plot;
      for (const index of indices) {
        const [px, py] = [chart.px(x.column[index] + jitter(x, index)), Math.min(plot.top + plot.height, Math.max(plot.top, chart.py(y.column[index] + jitter(y, index))))];
        context.fillStyle = theme.scale(study.goodness(study.trials.value[index]));
        context.fillRect(px - 2, py - 2, 4, 4);
        chart.nearest.add(px, py, { index, px, py });
      }
    },
    pick: (px, py) => { const found = chart.nearest && chart.nearest.find(px, py, 1); return found ? found.thing : null; },
    words: ({ index }) => `${study.title(index)}\n${line(x.name)} ${study.words(x, x.column[index])}${y.column === study.trials.value ? '' : `\n${line(y.name)} ${study.words(y, y.column[index])}`}`,
    mark: (context, _, { px, py }) => { context.strokeStyle = theme.get().accent; context.lineWidth = 2; context.strokeRect(px - 4, py - 4, 8, 8); },
    things: () => (chart.nearest ? chart.nearest.points.map((point) => point.thing).reverse() : []),
    open: ({ index }) => { location.hash = `trial-${study.trials.trial[index]}`; },
  });
  const axis = (own) => ({ ...own, words: (value) => study.words(own, value) });
  chart.x = axis(x);
  chart.y = axis(y);
  study.watchers.push(() => { if (host.isConnected) chart.draw(); });
  chart.draw();
  return host;
}

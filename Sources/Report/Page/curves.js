'use strict';
// Learning curves.

const curvesView = { scale: 'linear', whole: false };

function curvesSection(host, study) {
  const { curves } = study.doc;
  if (!curves.series.length) return host.append(el('p', { class: 'note' }, 'No trial has reported yet.'));
  const series = curves.series.map((numbers) => ({ trial: numbers[0], index: study.place.get(numbers[0]), numbers }));
  const shown = series.length < curves.of ? `${count(series.length)} of ${count(curves.of)} trials: the best, and some of all others. ` : '';
  host.append(el('p', { class: 'note' }, `${shown}The stronger its colour, the better a trial; failed ones are red. Point at a curve to see whose it is; click to open the trial.`));
  const controls = el('div', { class: 'controls' });
  host.append(controls);
  const chart = new Chart(host, {
    label: `Learning curves: ${study.metric} by resource`, height: 340,
    paint: (context) => paintCurves(context, chart, study, series),
    pick: (x, y) => { const found = chart.nearest && chart.nearest.find(x, y); return found ? found.thing : null; },
    words: (thing) => {
      const own = series[thing.series];
      return `trial ${own.trial} · ${study.state(own.index)}\n${line(study.metric)} ${fmt(own.numbers[thing.at + 1])} at ${own.numbers[thing.at]}`;
    },
    mark: (context, _, thing) => markCurve(context, chart, series[thing.series], thing),
    things: () => series.map((own, place) => ({ series: place, at: own.numbers.length - 2 })).reverse(),
    open: (thing) => { location.hash = `trial-${series[thing.series].trial}`; },
  });
  const range = () => { Object.assign(chart, curveAxes(study, series)); };
  controls.append(
    choice('Scale', [['linear', 'linear'], ['log', 'log']], curvesView.scale, (value) => { curvesView.scale = value; range(); chart.draw(); }),
    choice('Range', [[false, 'best 95 %'], [true, 'whole range']], curvesView.whole, (value) => { curvesView.whole = value; range(); chart.draw(); }));
  range();
  chart.draw();
}

function curveAxes(study, series) {
  let [left, right] = [Infinity, -Infinity];
  const values = [];
  for (const { numbers } of series) {
    for (let at = 1; at < numbers.length; at += 2) {
      if (numbers[at] < left) left = numbers[at];
      if (numbers[at] > right) right = numbers[at];
      if (numbers[at + 1] !== null) values.push(numbers[at + 1]);
    }
  }
  values.sort((a, b) => a - b);
  let [low, high] = [values[0], values[values.length - 1]];
  if (!curvesView.whole) {
    const cut = Math.floor(0.05 * (values.length - 1));
    if (study.sign > 0) high = values[values.length - 1 - cut]; else low = values[cut];
  }
  const isLog = curvesView.scale === 'log' && low > 0;
  const [from, to] = padded(low, high, isLog);
  return {
    x: { name: 'resource', scale: 'linear', low: Math.min(left, right - 1), high: right },
    y: { name: study.metric, scale: isLog ? 'log' : 'linear', low: from, high: to },
  };
}

function paintCurves(context, chart, study, series) {
  const colours = theme.get();
  chart.nearest = new Nearest();
  context.lineWidth = series.length > 300 ? 0.8 : 1.2;
  context.globalAlpha = series.length > 300 ? 0.5 : 0.85;
  series.forEach((own, place) => {
    const { numbers } = own;
    const state = study.state(own.index);
    context.strokeStyle = state === 'failed' ? colours.bad : theme.scale(study.goodness(study.trials.value[own.index]));
    context.beginPath();
    for (let at = 1; at < numbers.length; at += 2) {
      const [x, y] = [chart.px(numbers[at]), chart.py(numbers[at + 1])];
      chart.nearest.add(x, y, { series: place, at });
      if (at === 1) context.moveTo(x, y); else context.lineTo(x, y);
    }
    context.stroke();
    if (numbers.length === 3) {
      context.fillStyle = context.strokeStyle;
      context.fillRect(chart.px(numbers[1]) - 1.5, chart.py(numbers[2]) - 1.5, 3, 3);
    }
  });
  context.globalAlpha = 1;
}

function markCurve(context, chart, own, thing) {
  const { numbers } = own;
  context.strokeStyle = theme.get().accent;
  context.fillStyle = theme.get().accent;
  context.lineWidth = 2.5;
  context.beginPath();
  for (let at = 1; at < numbers.length; at += 2) {
    const [x, y] = [chart.px(numbers[at]), chart.py(numbers[at + 1])];
    if (at === 1) context.moveTo(x, y); else context.lineTo(x, y);
  }
  context.stroke();
  context.beginPath();
  context.arc(chart.px(numbers[thing.at]), chart.py(numbers[thing.at + 1]), 4, 0, 7);
  context.fill();
}

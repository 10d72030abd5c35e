'use strict';
// Parallel coordinates: a line for each trial through all its parameters and its result. Dragging along an axis chooses trials.

const PARALLEL_LINES = 1500;

function parallelSection(host, study) {
  const varied = study.parameters.filter((axis) => !axis.values || axis.values.length > 1);
  const axes = [...varied, study.resourceAxis(), study.objectiveAxis()].filter(Boolean);
  const words = el('span', { class: 'note' });
  const clear = el('button', { type: 'button', on: { click: () => study.clearBrushes() } }, 'Choose all again');
  host.append(el('p', { class: 'note' }, 'Drag along an axis to choose trials; the table below then shows these. A click on the axis takes its choice back.'), el('div', { class: 'controls' }, words, clear));
  const scroll = el('div', { class: 'scroll' });
  const inner = styled(el('div', {}), { minWidth: `${axes.length * 84}px` });
  scroll.append(inner);
  host.append(scroll);
  let [drag, lines] = [null, null];
  const x = (place) => 60 + place * (chart.width - 120) / Math.max(1, axes.length - 1);
  const y = (axis, value) => { const part = Math.min(1.02, Math.max(-0.02, fraction(axis, value))); const plot = chart.plot; return plot.top + plot.height * (axis.turned ? part : 1 - part); };
  const chart = new Chart(inner, {
    label: 'Parallel coordinates of all parameters and the result', height: 340, bare: true, margin: { top: 30, bottom: 22, left: 60, right: 60 },
    paint: (context) => { lines = paintParallel(context, chart, study, axes, x, y, words); clear.disabled = !study.brushes.size; },
    pick: (px, py) => (drag ? null : pickLine(chart, axes, lines, study, x, y, px, py)),
    words: (index) => study.title(index) + '\n' + varied.map((axis) => `${line(axis.name)} ${study.words(axis, axis.column[index])}`).join('\n'),
    mark: (context, _, index) => strokeTrial(context, axes, index, x, y, theme.get().accent, 2.5),
    things: () => (lines ? [...lines].reverse() : []),
    open: (index) => { if (!drag) location.hash = `trial-${study.trials.trial[index]}`; },
  });
  const axisAt = (px) => axes.findIndex((_, place) => Math.abs(x(place) - px) < 14);
  const valueOf = (axis, py) => {
    const plot = chart.plot;
    const part = Math.min(1, Math.max(0, (py - plot.top) / plot.height));
    return valueAt(axis, axis.turned ? part : 1 - part);
  };
  chart.box.addEventListener('pointerdown', (event) => {
    const frame = chart.box.getBoundingClientRect();
    const place = axisAt(event.clientX - frame.left);
    if (place < 0) return;
    drag = { axis: axes[place], from: event.clientY - frame.top, moved: false };
    chart.box.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  chart.box.addEventListener('pointermove', (event) => {
    if (!drag) return;
    const at = event.clientY - chart.box.getBoundingClientRect().top;
    if (Math.abs(at - drag.from) < 3 && !drag.moved) return;
    drag.moved = true;
    drag.to = at;
    const ends = [valueOf(drag.axis, drag.from), valueOf(drag.axis, at)].sort((a, b) => a - b);
    if (!drag.waiting) {
      drag.waiting = true;
      const own = drag;
      requestAnimationFrame(() => { own.waiting = false; study.brush(own.axis, own.ends); });
    }
    drag.ends = ends;
  });
  chart.box.addEventListener('pointerup', () => {
    if (!drag) return;
    if (!drag.moved) study.brush(drag.axis, null); else study.brush(drag.axis, drag.ends);
    // The click that follows belongs to the drag.
    setTimeout(() => { drag = null; }, 0);
  });
  chart.box.addEventListener('keydown', (event) => { if (event.key === 'Escape') study.clearBrushes(); });
  study.watchers.push(() => chart.draw());
  chart.draw();
}

function strokeTrial(context, axes, index, x, y, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  let isDown = false;
  axes.forEach((axis, place) => {
    const value = axis.column[index];
    if (value === null) { isDown = false; return; }
    if (isDown) context.lineTo(x(place), y(axis, value)); else context.moveTo(x(place), y(axis, value));
    isDown = true;
  });
  context.stroke();
}

function paintParallel(context, chart, study, axes, x, y, words) {
  const colours = theme.get();
  const { indices, of } = study.sample(PARALLEL_LINES, (index) => study.trials.value[index] !== null && study.isChosen(index));
  words.textContent = `${count(of)} of ${count(study.count)} trials${indices.length < of ? `, ${count(indices.length)} of them drawn` : ''}`;
  context.globalAlpha = indices.length > 300 ? 0.35 : 0.7;
  for (const index of indices) strokeTrial(context, axes, index, x, y, theme.scale(study.goodness(study.trials.value[index])), 1);
  context.globalAlpha = 1;
  context.font = '12px system-ui, sans-serif';
  const plot = chart.plot;
  axes.forEach((axis, place) => {
    const left = Math.round(x(place)) + 0.5;
    context.strokeStyle = colours.muted;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(left, plot.top);
    context.lineTo(left, plot.top + plot.height);
    context.stroke();
    const brush = study.brushes.get(axis.name);
    if (brush) {
      const ends = [y(axis, brush.low), y(axis, brush.high)].sort((a, b) => a - b);
      context.fillStyle = colours.accent;
      context.globalAlpha = 0.35;
      context.fillRect(left - 6, ends[0], 12, Math.max(2, ends[1] - ends[0]));
      context.globalAlpha = 1;
    }
    const room = (chart.width - 120) / Math.max(1, axes.length - 1) - 8;
    context.fillStyle = colours.text;
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    outlined(context, clipped(context, line(axis.name), Math.max(50, room)), left, plot.top - 8);
    context.fillStyle = colours.muted;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    for (const tick of ticks(axis, 6)) outlined(context, clipped(context, study.words(axis, tick), Math.max(30, room / 2)), left + 5, y(axis, tick));
  });
  return indices;
}

/** A text that can be read over lines. */
function outlined(context, text, x, y) {
  context.save();
  context.strokeStyle = theme.get().card;
  context.lineWidth = 4;
  context.lineJoin = 'round';
  context.strokeText(text, x, y);
  context.restore();
  context.fillText(text, x, y);
}

function pickLine(chart, axes, lines, study, x, y, px, py) {
  if (!lines) return null;
  let place = 0;
  while (place < axes.length - 2 && px > x(place + 1)) place += 1;
  const part = (px - x(place)) / Math.max(1, x(place + 1) - x(place));
  let [best, distance] = [null, 14];
  for (const index of lines) {
    const [from, to] = [axes[place].column[index], axes[Math.min(place + 1, axes.length - 1)].column[index]];
    if (from === null || to === null) continue;
    const own = Math.abs(y(axes[place], from) * (1 - part) + y(axes[Math.min(place + 1, axes.length - 1)], to) * part - py);
    if (own < distance) { distance = own; best = index; }
  }
  return best;
}

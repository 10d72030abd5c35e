'use strict';
// What the document says, as the parts of the page ask for it.

/** A document with its columns, and which trials are chosen by brushing. */
class Study {
  constructor(doc) {
    this.doc = doc;
    this.trials = doc.trials;
    this.count = doc.trials.trial.length;
    this.metric = doc.objectives[0].metric;
    this.sign = doc.objectives[0].goal === 'minimize' ? 1 : -1;
    this.place = new Map(doc.trials.trial.map((trial, index) => [trial, index]));
    this.parameters = doc.parameters.map((parameter, index) => this.axis(parameter, doc.trials.parameters[index]));
    const values = doc.trials.value.filter((value) => value !== null).sort((a, b) => this.sign * (a - b));
    this.valueRange = values.length ? [values[0], values[values.length - 1]] : [0, 1];
    // A few that went wrong must not flatten all others.
    const worst = values[Math.floor(0.95 * (values.length - 1))];
    this.colourRange = values.length ? [values[0], worst] : [0, 1];
    /** Ranges of axes by name; a trial is chosen when it is within all. */
    this.brushes = new Map();
    this.watchers = [];
  }

  /** A parameter as an axis: its bounds, or those of the values. */
  axis(parameter, column) {
    const axis = { name: parameter.name, scale: parameter.scale, column, parameter };
    if (parameter.kind === 'number') {
      let [low, high] = [parameter.low, parameter.high];
      for (const value of column) {
        if (value === null) continue;
        if (low === null || value < low) low = value;
        if (high === null || value > high) high = value;
      }
      if (low === null) [low, high] = [0, 1];
      if (low === high) high = low + (Math.abs(low) || 1);
      return Object.assign(axis, { low, high });
    }
    return Object.assign(axis, { values: parameter.values, low: -0.5, high: Math.max(0.5, parameter.values.length - 0.5), scale: 'linear' });
  }

  /** The objective as an axis, the best at its top. */
  objectiveAxis() {
    const [best, worst] = this.colourRange;
    const pad = best === worst ? Math.abs(best) || 1 : 0;
    return { name: this.metric, scale: 'linear', column: this.trials.value, low: Math.min(best, worst) - pad, high: Math.max(best, worst) + pad, turned: this.sign > 0 };
  }

  /** How far trials have come, as an axis. */
  resourceAxis() {
    const column = this.trials.resource;
    let [low, high] = [Infinity, 0];
    for (const value of column) if (value !== null) { low = Math.min(low, value); high = Math.max(high, value); }
    if (!(high > low) || low < 1) return null;
    return { name: 'resource', scale: high / low >= 9 ? 'log' : 'linear', column, low, high };
  }

  /** The words of a value on an axis. */
  words(axis, value) {
    if (value === null || value === undefined) return '–';
    if (!axis.values) return fmt(value);
    const own = axis.values[value];
    return own === undefined ? '–' : typeof own === 'number' ? fmt(own) : line(own === null ? 'null' : own);
  }

  state(index) { return this.trials.states[this.trials.state[index]]; }

  /** How good a value is, from 0 to 1. */
  goodness(value) {
    if (value === null) return 0;
    const [best, worst] = this.colourRange;
    if (best === worst) return 1;
    return Math.min(1, Math.max(0, (worst - value) / (worst - best)));
  }

  /** Whether a trial is within all brushes. */
  isChosen(index) {
    for (const brush of this.brushes.values()) {
      const value = brush.axis.column[index];
      if (value === null || value < brush.low || value > brush.high) return false;
    }
    return true;
  }

  brush(axis, range) {
    if (range) this.brushes.set(axis.name, { axis, low: range[0], high: range[1] });
    else this.brushes.delete(axis.name);
    for (const watcher of this.watchers) watcher();
  }

  clearBrushes() {
    this.brushes.clear();
    for (const watcher of this.watchers) watcher();
  }

  /** At most so many of all trials, evenly, the best of them too; in the order of drawing, the best last. */
  sample(most, isWanted) {
    let wanted = [];
    for (let index = 0; index < this.count; index += 1) if (isWanted(index)) wanted.push(index);
    const loss = (index) => { const value = this.trials.value[index]; return value === null ? Infinity : this.sign * value; };
    const violation = (index) => (this.trials.violation ? this.trials.violation[index] ?? 0 : 0);
    wanted.sort((a, b) => violation(b) - violation(a) || loss(b) - loss(a) || a - b);
    const all = wanted.length;
    if (all > most) {
      const best = wanted.slice(-Math.floor(most / 3));
      const rest = wanted.slice(0, -best.length);
      const some = [];
      for (let k = 0; k < most - best.length; k += 1) some.push(rest[Math.floor(k * rest.length / (most - best.length))]);
      wanted = some.concat(best);
    }
    return { indices: wanted, of: all };
  }

  /** A trial in a line. */
  title(index) {
    const trial = this.trials.trial[index];
    return `trial ${trial} · ${this.state(index)}\n${line(this.metric)} ${fmt(this.trials.value[index])} at ${fmt(this.trials.resource[index])}`;
  }
}

/** The bounds that a trial's last result breaks. */
function brokenBounds(study, index) {
  const { doc, trials } = study;
  return doc.bounds.filter(({ metric, side, limit }) => {
    const column = metric === study.metric ? trials.value : trials.metrics[metric];
    const value = column ? column[index] : null;
    return value !== null && value !== undefined && (side === 'at most' ? value > limit : value < limit);
  });
}

/** The same in words; none: an empty text. */
function brokenWords(study, index) {
  return brokenBounds(study, index).map((bound) => bound.metric).join(' ');
}

'use strict';
// A chart on a canvas: axes, what a part of the page draws between them, and the nearest thing under the pointer.

const theme = {
  cache: null,
  /** The colours of the page as it is shown now. */
  get() {
    if (!this.cache) {
      const style = getComputedStyle(document.documentElement);
      this.cache = {};
      for (const name of ['page', 'card', 'text', 'muted', 'rule', 'accent', 'good', 'warn', 'bad', 'other', 'worst', 'best', 'soft']) {
        this.cache[name] = style.getPropertyValue(`--${name}`).trim();
      }
      this.cache.states = {
        running: this.cache.accent, paused: this.cache.worst, stopped: this.cache.muted, completed: this.cache.good,
        diverged: this.cache.other, failed: this.cache.bad, cancelled: this.cache.warn,
      };
      this.cache.kinds = [this.cache.good, this.cache.accent, this.cache.warn, this.cache.bad, this.cache.muted, this.cache.other];
      this.cache.scale = [];
      const [from, to] = [this.cache.worst, this.cache.best].map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
      for (let step = 0; step <= 32; step += 1) {
        const part = from.map((value, index) => Math.round(value + (to[index] - value) * step / 32));
        this.cache.scale.push(`rgb(${part.join(',')})`);
      }
    }
    return this.cache;
  },
  /** A colour between worst and best. */
  scale(goodness) { return this.get().scale[Math.round(32 * goodness)]; },
  forget() { this.cache = null; },
};

/** Where a value is on an axis, from 0 to 1. */
function fraction(axis, value) {
  const place = (number) => {
    switch (axis.scale) {
      case 'log': return Math.log(Math.max(number, Number.MIN_VALUE));
      case 'reverse_log': return -Math.log(Math.max(axis.high - (number - axis.low), Number.MIN_VALUE));
      case 'logit': return Math.log(number) - Math.log1p(-number);
      default: return number;
    }
  };
  const [low, high] = [place(axis.low), place(axis.high)];
  if (!(high > low)) return 0.5;
  return (place(value) - low) / (high - low);
}

/** The value at a place from 0 to 1; the inverse. */
function valueAt(axis, part) {
  // Every scale is monotone: halving finds the place without an inverse of each.
  let [low, high] = [axis.low, axis.high];
  if (axis.scale === 'linear') return low + part * (high - low);
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (fraction(axis, middle) < part) low = middle; else high = middle;
  }
  return (low + high) / 2;
}

// Steps of time that people count in, in seconds.
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

/** Round numbers along an axis, at most about so many. */
function ticks(axis, most) {
  if (axis.values) {
    const step = Math.ceil(axis.values.length / Math.max(1, most));
    return axis.values.map((_, index) => index).filter((index) => index % step === 0);
  }
  const { low, high } = axis;
  if (axis.scale === 'log' && low > 0 && high / low >= 50) {
    const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const step = Math.max(1, Math.ceil((last - first + 1) / Math.max(2, most)));
    const found = [];
    for (let power = first; power <= last; power += step) found.push(10 ** power);
    if (found.length > 1) return found;
  }
  const raw = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = (axis.isTime && TIME_STEPS.find((size) => size >= raw)) || [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) || raw;
  const found = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) found.push(Number((index * step).toPrecision(12)));
  return found;
}

class Chart {
  /**
   * @param host the element that it fills
   * @param options `label` for people who do not see it; `height` in pixels; `paint(context, chart)` draws; `pick(x, y)` finds
   *   what is nearest to a place; `mark(context, chart, thing)` draws that over the picture; `open(thing)` follows a click.
   */
  constructor(host, options) {
    this.options = options;
    this.x = { low: 0, high: 1, scale: 'linear' };
    this.y = { low: 0, high: 1, scale: 'linear' };
    this.margin = { left: 62, right: 14, top: 24, bottom: 34, ...options.margin };
    this.box = el('div', { class: 'chart', tabIndex: 0, role: 'img', 'aria-label': line(options.label) });
    styled(this.box, { height: `${options.height || 300}px` });
    this.under = el('canvas', {});
    this.over = el('canvas', {});
    this.box.append(this.under, this.over);
    host.append(this.box);
    this.listen();
  }

  listen() {
    new ResizeObserver(() => this.draw()).observe(this.box);
    let wanted = null;
    this.box.addEventListener('pointermove', (event) => {
      const first = wanted === null;
      wanted = event;
      if (first) requestAnimationFrame(() => { const latest = wanted; wanted = null; this.hover(latest); });
    });
    this.box.addEventListener('pointerleave', () => this.leave());
    this.box.addEventListener('blur', () => this.leave());
    this.box.addEventListener('click', () => { if (this.thing !== null && this.thing !== undefined && this.options.open) this.options.open(this.thing); });
    this.box.addEventListener('keydown', (event) => this.key(event));
  }


  get plot() {
    return {
      left: this.margin.left, top: this.margin.top,
      width: Math.max(1, this.width - this.margin.left - this.margin.right),
      height: Math.max(1, this.height - this.margin.top - this.margin.bottom),
    };
  }

  px(value) { const plot = this.plot; return plot.left + plot.width * fraction(this.x, value); }
  py(value) {
    const plot = this.plot;
    const part = fraction(this.y, value);
    return plot.top + plot.height * (this.y.turned ? part : 1 - part);
  }

  draw() {
    this.width = this.box.clientWidth;
    this.height = this.box.clientHeight;
    if (!this.width || !this.height) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    for (const canvas of [this.under, this.over]) {
      canvas.width = Math.round(this.width * ratio);
      canvas.height = Math.round(this.height * ratio);
    }
    const context = this.under.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.font = '12px system-ui, sans-serif';
    if (!this.options.bare) this.axes(context);
    context.save();
    if (!this.options.bare) {
      const plot = this.plot;
      context.beginPath();
      context.rect(plot.left - 1, plot.top - 4, plot.width + 6, plot.height + 8);
      context.clip();
    }
    this.options.paint(context, this);
    context.restore();
    this.drawn = true;
  }

  axes(context) {
    const colours = theme.get();
    const plot = this.plot;
    context.lineWidth = 1;
    context.fillStyle = colours.muted;
    context.strokeStyle = colours.rule;
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    const words = (axis, value) => (axis.words ? axis.words(value) : fmt(value));
    for (const tick of ticks(this.y, Math.max(2, plot.height / 45))) {
      const y = Math.round(this.py(tick)) + 0.5;
      if (y < plot.top - 1 || y > plot.top + plot.height + 1) continue;
      context.beginPath();
      context.moveTo(plot.left, y);
      context.lineTo(plot.left + plot.width, y);
      context.stroke();
      context.fillText(clipped(context, words(this.y, tick), plot.left - 8), plot.left - 6, y);
    }
    context.textBaseline = 'top';
    context.textAlign = 'center';
    for (const tick of ticks(this.x, Math.max(2, plot.width / 80))) {
      const x = Math.round(this.px(tick)) + 0.5;
      if (x < plot.left - 1 || x > plot.left + plot.width + 1) continue;
      context.beginPath();
      context.moveTo(x, plot.top + plot.height);
      context.lineTo(x, plot.top + plot.height + 4);
      context.stroke();
      context.fillText(clipped(context, words(this.x, tick), 90), x, plot.top + plot.height + 6);
    }
    if (this.y.name) {
      context.textAlign = 'left';
      context.fillText(clipped(context, line(this.y.name), plot.width), 8, 4);
    }
    if (this.x.name) {
      context.textAlign = 'right';
      context.fillText(clipped(context, line(this.x.name), plot.width), plot.left + plot.width, plot.top + plot.height + 20);
    }
  }

  hover(event) {
    const frame = this.box.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    this.choose(this.options.pick ? this.options.pick(x, y, this) : null, event.clientX, event.clientY);
  }

  /** Shows what is said of a thing, and marks it. */
  choose(thing, x, y) {
    this.thing = thing;
    const context = this.over.getContext('2d');
    const ratio = Math.min(2, devicePixelRatio || 1);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    if (thing === null || thing === undefined) return tip.hide();
    context.font = '12px system-ui, sans-serif';
    if (this.options.mark) this.options.mark(context, this, thing);
    tip.show(this.options.words(thing), x, y);
  }

  leave() { if (this.drawn) this.choose(null); }

  /** The arrow keys go through the things in their order, Enter opens one. */
  key(event) {
    const things = this.options.things ? this.options.things() : [];
    if (!things.length) return;
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (step) {
      this.index = ((this.index ?? (step > 0 ? -1 : 0)) + step + things.length) % things.length;
      const frame = this.box.getBoundingClientRect();
      this.choose(things[this.index], frame.left + this.margin.left, frame.top + 20);
      event.preventDefault();
    } else if (event.key === 'Enter' && this.thing !== null && this.thing !== undefined && this.options.open) {
      this.options.open(this.thing);
    } else if (event.key === 'Escape') {
      this.leave();
    }
  }
}

/** A text that is no wider than so many pixels. */
function clipped(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let keep = text.length;
  while (keep > 1 && context.measureText(text.slice(0, keep) + '…').width > width) keep -= Math.ceil(keep / 12);
  return text.slice(0, keep) + '…';
}

/** Finds the nearest of many points: they are sorted into squares once. */
class Nearest {
  constructor(size = 24) { this.size = size; this.squares = new Map(); this.points = []; }

  add(x, y, thing) {
    const key = (Math.floor(x / this.size) + 500) * 100000 + Math.floor(y / this.size) + 500;
    const square = this.squares.get(key);
    if (square) square.push(this.points.length); else this.squares.set(key, [this.points.length]);
    this.points.push({ x, y, thing });
  }

  /** The nearest within about so many squares. */
  find(x, y, reach = 3) {
    const [column, row] = [Math.floor(x / this.size), Math.floor(y / this.size)];
    let best = null;
    let distance = Infinity;
    for (let ring = 0; ring <= reach; ring += 1) {
      if (distance < (ring - 1) * this.size) break;
      for (let i = -ring; i <= ring; i += 1) {
        for (let j = -ring; j <= ring; j += 1) {
          if (Math.max(Math.abs(i), Math.abs(j)) !== ring) continue;
          const square = this.squares.get((column + i + 500) * 100000 + row + j + 500);
          if (!square) continue;
          for (const index of square) {
            const point = this.points[index];
            const own = Math.hypot(point.x - x, point.y - y);
            if (own < distance) { distance = own; best = point; }
          }
        }
      }
    }
    return best;
  }
}

/** The range of numbers, a little wider than they are. */
function padded(low, high, isLog) {
  if (!(high > low)) { const pad = Math.abs(low) * 0.1 || 1; return [low - pad, high + pad]; }
  if (isLog) return [low / 1.05, high * 1.05];
  const pad = (high - low) * 0.04;
  return [low - pad, high + pad];
}

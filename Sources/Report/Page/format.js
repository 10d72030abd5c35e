'use strict';
// How numbers, times and texts are written for people.

/** A number with five significant digits. */
function fmt(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(3).replace(/\.?0+e/, 'e').replace('e+', 'e');
  return String(Number(value.toPrecision(5)));
}

/** A count with a comma every three digits. */
function count(value) {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Seconds in words: `2 d 3 h`, `4 min`, `1.5 s`. */
function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds === 0) return '0';
  if (seconds < 0) return '-' + duration(-seconds);
  if (seconds < 10) return Number(seconds.toPrecision(2)) + ' s';
  if (seconds < 120) return Math.round(seconds) + ' s';
  if (seconds < 7200) return Math.round(seconds / 60) + ' min';
  if (seconds < 172800) return Number((seconds / 3600).toFixed(1)) + ' h';
  return Number((seconds / 86400).toFixed(1)) + ' d';
}

/** A moment in the reader's own time. */
function moment(seconds) {
  if (!seconds) return '–';
  const date = new Date(seconds * 1000);
  const two = (number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Bytes in words. */
function bytes(value) {
  const units = ['B', 'K', 'M', 'G', 'T', 'P'];
  let place = 0;
  while (value >= 1024 && place < units.length - 1) { value /= 1024; place += 1; }
  return Number(value.toPrecision(3)) + units[place];
}

// Control characters, invisible ones, and those that turn the direction of what follows.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A text in which nothing is hidden: such characters are written as `\u{1b}`. Lines and tabs stay. */
function plain(text) {
  return String(text).replace(HIDDEN, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

/** The same in one line. */
function line(text) {
  return plain(text).replace(/\n/g, '\\n').replace(/\t/g, ' ');
}

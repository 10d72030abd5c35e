'use strict';
// Elements of the page. Whatever a study says becomes text, never HTML.

/** An element with these properties and children; texts among the children become text. */
function el(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null) continue;
    if (name === 'class') element.className = value;
    else if (name === 'on') for (const [event, action] of Object.entries(value)) element.addEventListener(event, action);
    else if (name in element && name !== 'list') element[name] = value;
    else element.setAttribute(name, value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined) continue;
    element.append(child instanceof Node ? child : document.createTextNode(plain(child)));
  }
  return element;
}

/** A command with a button that copies it. */
function command(text) {
  const button = el('button', { type: 'button', title: 'Copy the command' }, 'Copy');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      // Without the right to the clipboard the text is selected, to be copied by keys.
      getSelection().selectAllChildren(button.previousSibling);
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
  return el('div', { class: 'command' }, el('pre', {}, text), button);
}

/** Buttons of which one is pressed. */
function choice(label, options, chosen, action) {
  const group = el('span', { role: 'group', 'aria-label': label });
  for (const [value, text] of options) {
    const button = el('button', { type: 'button', 'aria-pressed': String(value === chosen) }, text);
    button.addEventListener('click', () => {
      for (const other of group.children) other.setAttribute('aria-pressed', String(other === button));
      action(value);
    });
    group.append(button, ' ');
  }
  return group;
}

/** A list to choose from. */
function menu(label, options, chosen, action) {
  const list = el('select', { 'aria-label': label });
  for (const [value, text] of options) list.append(el('option', { value: String(value), selected: value === chosen }, text));
  list.addEventListener('change', () => action(list.value));
  return list;
}

/** A link to a trial's page. */
function trialLink(trial) {
  return el('a', { href: `#trial-${trial}` }, String(trial));
}

/** Gives an element a width or a colour; the policy forbids `style` attributes in HTML. */
function styled(element, style) {
  Object.assign(element.style, style);
  return element;
}

const tip = {
  show(text, x, y) {
    const box = document.getElementById('tip');
    box.textContent = plain(text);
    box.hidden = false;
    const left = x + box.offsetWidth + 24 > innerWidth ? x - box.offsetWidth - 12 : x + 14;
    const top = y + box.offsetHeight + 24 > innerHeight ? y - box.offsetHeight - 12 : y + 14;
    styled(box, { left: `${Math.max(4, left)}px`, top: `${Math.max(4, top)}px` });
  },
  hide() { document.getElementById('tip').hidden = true; },
};

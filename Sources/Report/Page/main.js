'use strict';
// Puts the page together. A section is drawn when it comes near to what is seen.

const SECTIONS = [
  { id: 'overview', title: 'Overview', draw: overviewSection, wide: true, now: true },
  { id: 'curves', title: 'Learning curves', draw: curvesSection },
  { id: 'progress', title: 'Best so far', draw: progressSection },
  { id: 'pareto', title: 'Pareto front', draw: paretoSection, wide: true, wanted: (doc) => doc.pareto !== null },
  { id: 'ladder', title: 'Ladder', draw: ladderSection, wide: true },
  { id: 'parallel', title: 'Parameters', draw: parallelSection, wide: true, wanted: (doc) => doc.parameters.length > 0 },
  { id: 'importances', title: 'Importances', draw: importancesSection },
  { id: 'ends', title: 'How attempts ended', draw: endsSection },
  { id: 'slices', title: 'Slices and pairs', draw: slicesSection, wide: true, wanted: (doc) => doc.parameters.length > 0 },
  { id: 'lineage', title: 'Lineage', draw: lineageSection, wide: true, wanted: (doc) => doc.hasParents },
  { id: 'timeline', title: 'Tasks by node', draw: timelineSection, wide: true },
  { id: 'trials', title: 'Trials', draw: tableSection, wide: true },
];

const page = { study: null, waiting: new Map(), seer: null };

function drawPage(doc) {
  const study = new Study(doc);
  // What was chosen by brushing stays chosen when the study goes on.
  if (page.study) {
    for (const [name, brush] of page.study.brushes) {
      const axis = name === study.metric ? study.objectiveAxis() : study.parameters.find((own) => own.name === name);
      if (axis) study.brushes.set(name, { ...brush, axis });
    }
  }
  page.study = study;
  drawHead(study);
  const main = document.getElementById('main');
  const links = [];
  page.seer?.disconnect();
  page.waiting.clear();
  page.seer = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) drawSection(entry.target);
  }, { rootMargin: '300px' });
  for (const section of SECTIONS) {
    let host = document.getElementById(section.id);
    if (section.wanted && !section.wanted(doc)) { host?.remove(); continue; }
    if (!host) {
      host = el('section', { id: section.id, class: section.wide ? 'wide' : '' });
      main.append(host);
    }
    host.setAttribute('aria-label', section.title);
    links.push(el('a', { href: `#${section.id}` }, section.title));
    // Until it is drawn again it keeps its height, so that nothing jumps.
    if (host.offsetHeight > 60 && host.childElementCount) styled(host, { minHeight: `${host.offsetHeight}px` });
    else if (!section.now) styled(host, { minHeight: '12rem' });
    if (!host.childElementCount) host.append(el('h2', {}, section.title));
    page.waiting.set(host, section);
    if (section.now) drawSection(host); else page.seer.observe(host);
  }
  document.getElementById('nav').replaceChildren(...links);
}

function drawSection(host) {
  const section = page.waiting.get(host);
  if (!section) return;
  page.waiting.delete(host);
  page.seer.unobserve(host);
  // Whoever types, or goes through a chart by keys, goes on there when the study has news.
  const focusable = () => [...host.querySelectorAll('button, select, input, a, [tabindex]')];
  const [place, caret] = [focusable().indexOf(document.activeElement), document.activeElement?.selectionStart];
  host.replaceChildren(el('h2', {}, section.title));
  section.draw(host, page.study);
  if (place >= 0) {
    const next = focusable()[place];
    next?.focus({ preventScroll: true });
    if (next instanceof HTMLInputElement && caret !== null && caret !== undefined) next.setSelectionRange(caret, caret);
  }
  styled(host, { minHeight: '' });
}

/** Draws all again in the colours that hold now. */
function redraw() {
  theme.forget();
  if (!page.study) return;
  const { brushes } = page.study;
  drawPage(page.study.doc);
  page.study.brushes = brushes;
}

function followHash() {
  const match = /^#trial-(\d+)$/.exec(location.hash);
  if (match && page.study) showTrial(page.study, Number(match[1]));
  else document.getElementById('trial')?.remove();
}

function listenToPage() {
  addEventListener('hashchange', followHash);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', redraw);
  const button = document.getElementById('theme');
  const isDark = () => (document.documentElement.dataset.theme ? document.documentElement.dataset.theme === 'dark' : dark.matches);
  const say = () => { button.textContent = isDark() ? 'Light' : 'Dark'; };
  button.addEventListener('click', () => { document.documentElement.dataset.theme = isDark() ? 'light' : 'dark'; say(); redraw(); });
  say();
  let before = null;
  addEventListener('beforeprint', () => {
    before = document.documentElement.dataset.theme ?? '';
    document.documentElement.dataset.theme = 'light';
    redraw();
    for (const host of [...page.waiting.keys()]) drawSection(host);
  });
  addEventListener('afterprint', () => {
    if (before) document.documentElement.dataset.theme = before; else delete document.documentElement.dataset.theme;
    redraw();
  });
}

function listStudies(doc) {
  const list = document.getElementById('studies');
  if (doc.studies.length < 2) return;
  list.hidden = false;
  list.replaceChildren(...doc.studies.map((name, place) => el('option', { value: String(place), selected: place === doc.place }, line(name))));
  list.onchange = () => { location.search = `?study=${list.value}`; };
}

async function begin() {
  listenToPage();
  const text = document.getElementById('document').textContent;
  let doc = JSON.parse(text);
  if (!doc) {
    try {
      doc = await fetchDocument();
    } catch (error) {
      news(`The study cannot be loaded: ${error.message}`);
      return;
    }
  }
  listStudies(doc);
  drawPage(doc);
  followHash();
  performance.mark('stune-drawn');
  if (doc.live) {
    news(null);
    follow(drawPage);
  }
}

begin();

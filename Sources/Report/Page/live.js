'use strict';
// A page that a server gave out: it asks for the document again and again, and says so when it hears nothing.

const live = { tag: null, ahead: 0, wait: 4000 };

/** Which of several studies this page shows. */
function studyNumber() { return new URLSearchParams(location.search).get('study') || '0'; }

/** The present time by the server's clock. */
function serverNow() { return Date.now() / 1000 + live.ahead; }

async function fetchDocument() {
  const begin = performance.now();
  const response = await fetch(`document.json?study=${encodeURIComponent(studyNumber())}`, { headers: live.tag ? { 'If-None-Match': live.tag } : {}, cache: 'no-store' });
  const time = Number(response.headers.get('Stune-Time'));
  if (time) live.ahead = time - Date.now() / 1000;
  if (response.status === 304) return null;
  if (!response.ok) throw new Error((await response.text()).trim());
  const doc = await response.json();
  live.tag = response.headers.get('ETag');
  // A large study is not asked for more often than it can be sent.
  live.wait = Math.max(4000, 8 * (performance.now() - begin));
  return doc;
}

async function fetchTrial(trial) {
  const response = await fetch(`trial.json?study=${encodeURIComponent(studyNumber())}&trial=${trial}`, { cache: 'no-store' });
  if (!response.ok) throw new Error((await response.text()).trim());
  return response.json();
}

/** Asks again and again, while the page is seen. */
async function follow(take) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, live.wait));
    if (document.hidden) continue;
    try {
      const doc = await fetchDocument();
      if (doc) take(doc);
      news(null);
    } catch (error) {
      news(`No answer from stune serve (${error.message}). The page shows what was known last, and asks again.`);
    }
  }
}

/** Says something above the page; `null`: there is nothing to say. */
function news(text) {
  const box = document.getElementById('news');
  const doc = page.study && page.study.doc;
  if (!text && doc && doc.state === 'unfinished' && doc.live) {
    const age = serverNow() - doc.snapshot;
    if (doc.controller && doc.controller.state === 'none') text = `No controller runs. The page shows the study as it was ${duration(age)} ago.`;
    else if (age > 180) text = `The study has not changed for ${duration(age)}.`;
  }
  box.hidden = !text;
  if (text) box.textContent = plain(text);
}

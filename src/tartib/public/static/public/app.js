// The shop as an app: its service worker, and the last known states of the orders seen on this device.
// They are kept here alone (localStorage), for the page that is shown without a connection, and go with signing out.
(() => {
  "use strict";
  const { shop, worker, area } = document.currentScript.dataset;
  const KEY = `tartib-states-${shop}`;
  const MOST = 30;
  const KEPT = 90 * 24 * 3600 * 1000;

  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return Array.isArray(kept) ? kept.filter((one) => Date.now() - one.at < KEPT) : [];
    } catch {
      return [];
    }
  };
  const write = (states) => {
    try {
      if (states.length) localStorage.setItem(KEY, JSON.stringify(states.slice(0, MOST)));
      else localStorage.removeItem(KEY);
    } catch { /* A browser that keeps nothing shows nothing later. */ }
  };
  window.tartib = Object.assign(window.tartib ?? {}, { states: read });

  // A page that asks to sign in knows of no account here: what was seen in one is not for whoever comes next.
  if (document.querySelector("[data-signed-out]")) write(read().filter((one) => !one.account));
  for (const form of document.querySelectorAll("form[data-sign-out]")) form.addEventListener("submit", () => write([]));

  const seen = [...document.querySelectorAll("data[data-state]")].map(({ dataset }) => ({
    code: dataset.state, number: dataset.number, status: dataset.status, sentence: dataset.sentence,
    progress: dataset.progress, colour: dataset.colour, lang: document.documentElement.lang,
    account: dataset.account === "1", at: Date.now(), said: dataset.said,
  }));
  if (seen.length) {
    const now = new Set(seen.map((one) => one.code));
    write([...seen, ...read().filter((one) => !now.has(one.code))]);
  }

  if (area && "serviceWorker" in navigator)
    addEventListener("load", () => {
      // The language to speak when there is no connection.
      caches.open(`tartib-${shop}-words`).then((words) => words.put("/language", new Response(document.documentElement.dataset.language))).catch(() => {});
      navigator.serviceWorker.register(worker, { scope: area }).catch(() => {});
    });
})();

// What changes elsewhere appears here: rows in place with a fade, new ones as a bar at the top, cases by htmx.
// Without a stream the page asks every 20 seconds. A row that is selected or holds the focus never changes by itself.
(() => {
  "use strict";
  const live = document.getElementById("live");
  if (!live) return;
  const POLL = 20000, RETRY = 60000, TOGETHER = 400;
  const only = Number(live.dataset.case) || null;
  const pending = new Set();
  const fresh = new Set();
  let token = live.dataset.token;
  let stream = null, timer = 0, polling = 0, everything = false, told = "";

  const rows = () => [...document.querySelectorAll("tr[data-case]")];
  const still = (row) => row.querySelector('[name="case"]')?.checked || row.contains(document.activeElement);
  const bar = (count) => {
    const shown = document.getElementById("live-bar");
    if (!shown || !count) return;
    shown.querySelector("[data-new]").textContent = window.tartib.number(count);
    shown.hidden = false;
    const words = shown.textContent.trim().replace(/\s+/g, " ");
    if (words !== told) window.tartib.say(words);
    told = words;
  };

  // Ask for what changed, all at once, and put each row where it stands.
  const update = async () => {
    timer = 0;
    if (document.hidden) return;
    if (only || !live.dataset.fresh) {
      pending.clear();
      everything = false;
      document.body.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
      return;
    }
    const here = new Map(rows().map((row) => [Number(row.dataset.case), row]));
    const wanted = everything ? [...here.keys()] : [...pending].filter((id) => here.has(id));
    for (const id of pending) if (!here.has(id)) fresh.add(id);
    pending.clear();
    everything = false;
    const query = new URLSearchParams(location.search);
    query.delete("cursor");
    query.set("shown", wanted.join(","));
    query.set("others", [...fresh].slice(-200).join(","));
    if (document.getElementById("more")) query.set("last", rows().at(-1)?.dataset.case ?? "");
    try {
      const answer = await fetch(`${live.dataset.fresh}?${query}`, { headers: { "HX-Request": "true", "X-Unasked": "1" } });
      if (!answer.ok || answer.redirected) return;
      const part = new DOMParser().parseFromString(await answer.text(), "text/html");
      const data = part.querySelector("data");
      token = data?.dataset.token || token;
      for (const row of part.querySelectorAll("tr[data-case]")) {
        const old = here.get(Number(row.dataset.case));
        if (!old?.isConnected || old.outerHTML === row.outerHTML) continue;
        if (still(old)) { pending.add(Number(row.dataset.case)); continue; }
        row.classList.add("fresh");
        old.replaceWith(row);
        window.htmx?.process(row);
      }
      bar(Number(data?.value ?? data?.getAttribute("value") ?? 0));
    } catch { /* the next change or poll asks again */ }
  };
  const soon = () => { timer ||= setTimeout(update, TOGETHER); };

  const poll = () => {
    everything = true;
    if (!document.hidden) update();
  };
  const listen = () => {
    stream?.close();
    stream = new EventSource(`${live.dataset.url}/live/?token=${encodeURIComponent(token)}`);
    stream.onopen = () => { clearInterval(polling); polling = 0; };
    stream.onmessage = ({ data }) => {
      const { cases } = JSON.parse(data);
      if (only && cases.length && !cases.includes(only)) return;
      if (!cases.length) everything = true;
      for (const id of cases) pending.add(id);
      soon();
    };
    stream.onerror = () => {
      polling ||= setInterval(poll, POLL);
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, RETRY);
    };
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden && (pending.size || everything)) soon(); });
  addEventListener("pagehide", () => stream?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) { listen(); poll(); } });
  listen();
})();

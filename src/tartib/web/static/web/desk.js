// The desk's fast hands: keyboard help, the palette, quick keys, and barcode scanners.
(() => {
  "use strict";
  const palette = document.getElementById("palette");
  const found = document.getElementById("palette-found");
  const field = palette?.querySelector("input");
  const find = palette?.querySelector("form")?.action;
  // What the page asks by itself is no sign of somebody being there (web/idle.py).
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    const by = detail.triggeringEvent?.type ?? "";
    if (!by || by === "intersect" || by.startsWith("live:")) detail.headers["X-Unasked"] = "1";
  });
  const typing = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  const open = (id) => {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
    dialog.showModal();
    if (dialog === palette) { field.value = ""; field.focus(); field.dispatchEvent(new Event("opened")); }
  };
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) open(opener.dataset.opens);
  });

  // In the palette, arrows walk through what was found and Enter goes there.
  const items = () => [...found.querySelectorAll("a")];
  const choose = (step) => {
    const all = items();
    if (!all.length) return;
    const at = all.findIndex((item) => item.getAttribute("aria-selected") === "true");
    const next = all[(at + step + all.length) % all.length] ?? all[0];
    for (const item of all) item.setAttribute("aria-selected", item === next);
    next.scrollIntoView({ block: "nearest" });
  };
  field?.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); choose(event.key === "ArrowDown" ? 1 : -1); }
    if (event.key === "Enter") {
      const chosen = found.querySelector('a[aria-selected="true"]');
      if (chosen) { event.preventDefault(); chosen.click(); }
    }
  });
  found?.addEventListener("htmx:afterSwap", () => items()[0]?.setAttribute("aria-selected", "true"));

  // A scanner types a code within a few hundredths of a second a key and ends with Enter, wherever the focus is.
  const GAP = 60, LEAST = 6;
  let burst = "", last = 0;
  const scanned = (event) => {
    const now = event.timeStamp;
    if (now - last > GAP) burst = "";
    last = now;
    if (event.key.length === 1) { burst += event.key; return false; }
    if (event.key !== "Enter" || burst.length < LEAST || !/\d{2}/.test(burst)) { if (event.key !== "Shift") burst = ""; return false; }
    event.preventDefault();
    event.stopImmediatePropagation();
    location.assign(`${find}?${new URLSearchParams({ q: burst })}`);
    return true;
  };

  let leader = 0;
  document.addEventListener("keydown", (event) => {
    if (find && scanned(event)) return;
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") { event.preventDefault(); open("palette"); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (typing(event.target)) { if (event.key === "Escape") event.target.blur(); return; }
    // By the key's place where the layout is not Latin: an Arabic or Ukrainian keyboard keeps its shortcuts.
    const key = /^[\x20-\x7e]$/.test(event.key) ? event.key : event.code.replace(/^Key/, "").toLowerCase();
    if (key === "?" || (event.code === "Slash" && event.shiftKey)) { event.preventDefault(); open("keys"); }
    else if (key === "/" || event.code === "Slash") {
      const search = document.querySelector("[data-search]");
      event.preventDefault();
      if (search) { search.focus(); search.select(); } else open("palette");
    } else if (key === "g") leader = event.timeStamp;
    else if (key === "o" && event.timeStamp - leader < 1200) document.querySelector('.side-link[href*="/orders/"]')?.click();
    else document.dispatchEvent(new CustomEvent("desk:key", { detail: { key, event } }));
  }, true);
})();

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
    if (!opener || !document.getElementById(opener.dataset.opens)) return;
    event.preventDefault();
    open(opener.dataset.opens);
  });

  // In the palette, arrows walk through what was found and Enter goes there: a combobox, whose focus stays in its field.
  const items = () => [...found.querySelectorAll('[role="option"]')];
  const select = (chosen) => {
    for (const item of items()) item.setAttribute("aria-selected", item === chosen);
    if (chosen) field.setAttribute("aria-activedescendant", chosen.id); else field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-expanded", items().length > 0);
    chosen?.scrollIntoView({ block: "nearest" });
  };
  const choose = (step) => {
    const all = items();
    const at = all.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (all.length) select(all[(at + step + all.length) % all.length]);
  };
  field?.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); choose(event.key === "ArrowDown" ? 1 : -1); }
    if (event.key === "Enter") {
      const chosen = found.querySelector('[aria-selected="true"]');
      if (chosen) { event.preventDefault(); chosen.click(); }
    }
  });
  found?.addEventListener("htmx:afterSwap", () => select(items()[0]));
  palette?.addEventListener("close", () => { found.replaceChildren(); select(); });

  // A scanner types a code within a few hundredths of a second a key and ends with Enter, wherever the focus is: but for
  // a field that asks for what is on a label (data-takes-scans).
  const GAP = 60, LEAST = 6;
  let burst = "", last = 0;
  const scanned = (event) => {
    const now = event.timeStamp;
    if (now - last > GAP || event.target.closest?.("[data-takes-scans]")) burst = "";
    last = now;
    if (event.key.length === 1) { burst += event.key; return false; }
    if (event.key !== "Enter" || burst.length < LEAST || !/\d{2}/.test(burst)) { if (event.key !== "Shift") burst = ""; return false; }
    event.preventDefault();
    event.stopImmediatePropagation();
    location.assign(`${find}?${new URLSearchParams({ q: burst })}`);
    return true;
  };

  const PAGES = { o: "/orders/", a: "/acts/" };
  let leader = -Infinity;
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
    else if (PAGES[key] && event.timeStamp - leader < 1200) document.querySelector(`.side-link[href$="${PAGES[key]}"]`)?.click();
    else if (key === "u") document.querySelector("[data-undo]")?.focus();
    else document.dispatchEvent(new CustomEvent("desk:key", { detail: { key, event } }));
  }, true);

  // What ends at a time counts down.
  const count = () => {
    for (const part of document.querySelectorAll("[data-until]")) {
      const left = Math.max(0, Math.round((new Date(part.dataset.until) - Date.now()) / 1000));
      part.textContent = window.tartib.relative(left >= 90 ? Math.round(left / 60) : left, left >= 90 ? "minute" : "second");
    }
  };
  if (document.querySelector("[data-until]")) { count(); setInterval(count, 1000); }
})();

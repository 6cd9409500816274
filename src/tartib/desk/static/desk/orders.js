// An order's page: dialogs, keys, lines with their total, suggestions.
(() => {
  "use strict";
  const typing = (target) => target.closest?.("input:not([type=checkbox]), textarea, select");

  // A dialog that the server sent open (its form was refused) becomes a real one.
  for (const dialog of document.querySelectorAll("dialog[open]")) { dialog.close(); dialog.showModal(); }
  document.addEventListener("click", (event) => { event.target.closest("[data-close]")?.closest("dialog")?.close(); });

  // A move that needs a remark opens the one form with its status chosen.
  const form = document.getElementById("process");
  const openForm = (target) => {
    if (!form) return;
    form.open = true;
    const select = form.querySelector("#id_target");
    if (target) { select.value = target; select.dispatchEvent(new Event("change")); }
    (target ? form.querySelector("textarea") : select).focus();
    form.scrollIntoView({ block: "start" });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-target]");
    if (link && form) { event.preventDefault(); openForm(link.dataset.target); }
  });
  // The channels ticked are those of the status chosen, until a person ticks otherwise.
  if (form) {
    const offered = form.querySelector("#id_offered");
    const ticks = ["email", "sms", "push"].map((name) => form.querySelector(`#id_${name}`));
    const words = () => ticks.filter((tick) => tick.checked).map((tick) => tick.name).join(" ");
    let touched = words() !== offered.value;
    for (const tick of ticks) tick.addEventListener("change", () => { touched = true; });
    form.querySelector("#id_target").addEventListener("change", (event) => {
      offered.value = event.target.selectedOptions[0].dataset.tells;
      if (!touched) for (const tick of ticks) tick.checked = offered.value.split(" ").includes(tick.name);
    });
  }
  if (form?.open) form.scrollIntoView({ block: "nearest" });
  // Who opens the fields of a parcel types its number next.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.(".hand-over[open]")) event.target.querySelector("input:not([type=hidden])").focus();
  }, true);

  document.addEventListener("desk:key", ({ detail: { key, event } }) => {
    const moves = [...document.querySelectorAll("#case-bar .bar-moves > :not(.bar-others) > [data-move], #case-bar .bar-moves > a[data-move], #case-bar .bar-moves > .hand-over > [data-move]")];
    const go = { e: () => openForm(""), m: () => moves[0]?.focus(), n: () => document.querySelector("#write textarea")?.focus(),
      j: () => document.querySelector("[data-next][href]")?.click(), k: () => document.querySelector("[data-prev][href]")?.click() };
    if (go[key] && form) { event.preventDefault(); go[key](); }
    else if (/^[1-9]$/.test(key)) moves[Number(key) - 1]?.focus();
  });

  // Lines: digits of any script are read; the server counts again.
  const number = (text) => {
    let latin = (text || "").replace(/[۰-۹]/g, (d) => d.charCodeAt(0) - 1776).replace(/[٠-٩]/g, (d) => d.charCodeAt(0) - 1632).replace(/[\s\u00a0٬']/g, "").replace(/٫/g, ".");
    if (/,\d{1,2}$/.test(latin)) latin = latin.replace(/\./g, "").replace(",", ".");
    const value = Number.parseFloat(latin.replace(/,/g, ""));
    return Number.isFinite(value) ? value : 0;
  };
  const parts = (box) => {
    const field = (row, name) => row.querySelector(`[name$="-${name}"]`)?.value;
    const costs = (name) => number(box.querySelector(`[name="costs-${name}"]`)?.value);
    let goods = -costs("discount");
    for (const row of box.querySelectorAll(".line-row")) {
      if (field(row, "name")) goods += (number(field(row, "quantity")) || 1) * number(field(row, "price")) - number(field(row, "discount"));
    }
    return { goods, shipping: costs("shipping"), tax: costs("tax") };
  };
  // The total as the server counts it: by what changed, with tax that follows the goods unless somebody types it.
  const sum = (box) => {
    const out = box.querySelector("[data-total]"), { before, paid, credited } = out.dataset, form = JSON.parse(out.dataset.money);
    const now = parts(box), [subtotal, discount, shipping, tax] = (out.dataset.parts ?? "0 0 0 0").split(" ").map(Number);
    const was = { goods: subtotal - discount, shipping, tax };
    const taxed = ({ goods, shipping }) => goods + ("taxShipping" in out.dataset ? shipping : 0);
    if (now.tax === was.tax && taxed(was) > 0) now.tax = was.tax * Math.max(0, taxed(now)) / taxed(was);
    const added = ({ goods, shipping, tax }) => goods + shipping + ("taxInside" in out.dataset ? 0 : tax);
    const total = Math.max(0, before ? Number(before) + added(now) - added(was) : added(now));
    out.textContent = window.tartib.money(total, form);
    const line = box.querySelector(".live-difference");
    if (!line || !Number(paid)) return;
    const due = total - Number(credited) - Number(paid);
    line.hidden = Math.abs(due) < 0.0005;
    line.querySelector("[data-more]").hidden = due < 0;
    line.querySelector("[data-less]").hidden = due > 0;
    line.querySelector("[data-difference]").textContent = window.tartib.money(Math.abs(due), form);
  };
  for (const box of document.querySelectorAll("[data-lines]")) {
    const rows = box.querySelector(".line-rows");
    box.addEventListener("input", (event) => {
      // Another name than the catalogue's is no longer that product.
      if (event.target.name?.endsWith("-name") && event.isTrusted) {
        const row = event.target.closest(".line-row");
        if (row) { row.querySelector("[data-sku]").value = ""; row.querySelector("[data-variant]").value = ""; row.querySelector("[data-variant-shown]").textContent = ""; }
      }
      sum(box);
    });
    box.addEventListener("click", (event) => {
      const picked = event.target.closest("[data-pick-product]");
      if (picked) {
        const row = picked.closest(".line-row");
        const put = (name, value) => { row.querySelector(`[name$="-${name}"]`).value = value; };
        for (const name of ["name", "variant", "sku", "price"]) put(name, picked.dataset[name]);
        row.querySelector("[data-variant-shown]").textContent = picked.dataset.variant;
        picked.closest(".suggestions").replaceChildren();
        row.querySelector('[name$="-quantity"]').select();
      }
      if (event.target.closest("[data-drop-line]")) {
        const row = event.target.closest(".line-row");
        if (rows.children.length > 1) row.remove();
        else for (const field of row.querySelectorAll("input")) field.value = "";
      }
      if (event.target.closest("[data-add-line]")) {
        const last = rows.lastElementChild.cloneNode(true);
        const next = 1 + Math.max(...[...rows.querySelectorAll('[name$="-name"]')].map((field) => Number(field.name.split("-")[1])));
        for (const field of last.querySelectorAll("input, label")) {
          for (const name of ["name", "id", "htmlFor"]) if (field[name]) field[name] = field[name].replace(/line-\d+-/, `line-${next}-`);
          if (field.value !== undefined) field.value = field.name.endsWith("-quantity") ? "1" : "";
        }
        for (const stale of last.querySelectorAll(".errorlist")) stale.remove();
        last.querySelector(".suggestions").replaceChildren();
        last.querySelector("[data-variant-shown]").textContent = "";
        rows.append(last);
        window.htmx?.process(last);
        last.querySelector('[name$="-name"]').focus();
      }
      sum(box);
    });
    sum(box);
  }

  // On a phone the cards fold, but for those that ask for something: the timeline is the page. What somebody has opened
  // or folded stays so when the cards come anew.
  const cards = () => [...document.querySelectorAll("#cards > .info")];
  const named = (card) => [...card.querySelector("summary").childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()).join("");
  let stood = new Map();
  if (matchMedia("(max-width: 991.98px)").matches) for (const card of cards()) card.open = "asks" in card.dataset;
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target.id === "cards") stood = new Map(cards().map((card) => [named(card), card.open]));
  });
  document.body.addEventListener("htmx:oobAfterSwap", () => {
    for (const card of cards()) if (stood.has(named(card))) card.open = stood.get(named(card));
  });
})();

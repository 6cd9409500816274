// The list: selection with Shift, the bulk bar, and the keyboard. What it does is also possible with a mouse alone.
(() => {
  "use strict";
  const list = document.getElementById("list");
  if (!list) return;
  const all = (selector) => [...list.querySelectorAll(selector)];
  const rows = () => all("tr.case-row");
  const picks = () => all('[name="case"]');
  let lastPicked = null;
  let at = null;

  const wantsNote = (option, every, standing) =>
    (option?.dataset.noted ?? "").split(" ").filter(Boolean).some((code) => every?.checked || standing.has(code));
  const refresh = () => {
    const picked = picks().filter((box) => box.checked);
    const every = list.querySelector('[name="all"]');
    const shown = list.querySelector("[data-picked]");
    if (shown) shown.textContent = every?.checked ? every.closest("label").querySelector("[data-total]").dataset.total : window.tartib.number(picked.length);
    const head = list.querySelector("[data-pick-all]");
    if (head) { head.checked = picked.length > 0 && picked.length === picks().length; head.indeterminate = picked.length > 0 && !head.checked; }
    // Offer only where at least one of the selected can go; all of the list may stand anywhere.
    const standing = new Set(picked.map((box) => box.closest("tr").dataset.status));
    for (const option of all("[data-targets] option[data-from]")) {
      const fits = every?.checked || option.dataset.from.split(" ").some((code) => standing.has(code));
      option.hidden = option.disabled = !fits;
      if (!fits && option.selected) option.parentElement.value = "";
      // That a move wants a note of any of the selected is said beside its name, and where the note is written.
      option.text = wantsNote(option, every, standing) ? option.dataset.withNote : option.dataset.plain;
    }
    const note = list.querySelector("[data-needed]"), target = list.querySelector("[data-targets]")?.selectedOptions[0];
    if (note) {
      note.required = wantsNote(target, every, standing);
      note.placeholder = note.required ? note.dataset.needed : note.dataset.optional;
      note.setAttribute("aria-label", note.placeholder);
    }
  };
  const none = () => {
    for (const box of all('[name="case"], [name="all"]')) box.checked = false;
    refresh();
  };
  const upTo = (box) => {
    const boxes = picks();
    const [from, to] = [boxes.indexOf(lastPicked), boxes.indexOf(box)].sort((a, b) => a - b);
    if (from < 0) return;
    for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
  };

  list.addEventListener("click", (event) => {
    const box = event.target.closest('[name="case"]');
    if (box) {
      if (event.shiftKey && lastPicked) upTo(box);
      lastPicked = box;
      if (!box.checked) { const every = list.querySelector('[name="all"]'); if (every) every.checked = false; }
      refresh();
      return;
    }
    if (event.target.closest("[data-pick-none]")) none();
    // A click anywhere on a row opens it, unless one selects its text.
    const row = event.target.closest("tr.case-row");
    if (row && !event.target.closest("a, button, input, label") && !String(getSelection())) {
      if (event.target.closest(".cell-pick")) row.querySelector('[name="case"]')?.click();
      else if (event.ctrlKey || event.metaKey) open(row.querySelector("a.code").href);
      else row.querySelector("a.code").click();
    }
  });
  list.addEventListener("click", (event) => {
    const note = list.querySelector("[data-needed]");
    if (!event.target.closest("[data-preview]") || !note?.required || note.value.trim()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    note.setCustomValidity(note.dataset.needed);
    note.reportValidity();
  }, true);
  list.addEventListener("input", (event) => { if (event.target.matches("[data-needed]")) event.target.setCustomValidity(""); });
  list.addEventListener("change", (event) => {
    if (event.target.matches("[data-targets]")) refresh();
    if (event.target.matches("[data-pick-all]")) { for (const box of picks()) box.checked = event.target.checked; refresh(); }
    if (event.target.matches('[name="all"]')) { if (event.target.checked) for (const box of picks()) box.checked = true; refresh(); }
  });

  const dialog = document.getElementById("bulk-dialog");
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target === dialog && !dialog.open) dialog.showModal();
    if (list.contains(event.target)) { at = at && document.getElementById(at.id); refresh(); }
  });
  document.addEventListener("htmx:oobAfterSwap", (event) => { if (event.target.id === "bulk-total") refresh(); });
  dialog?.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) { event.preventDefault(); dialog.close(); }
  });

  const go = (step) => {
    const shown = rows();
    if (!shown.length) return;
    const index = at && shown.includes(at) ? shown.indexOf(at) + step : 0;
    at?.classList.remove("row-at");
    at = shown[Math.max(0, Math.min(shown.length - 1, index))];
    at.classList.add("row-at");
    at.querySelector("a.code").focus({ preventScroll: true });
    at.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("desk:key", ({ detail: { key, event } }) => {
    const box = at?.querySelector('[name="case"]');
    if (key === "j") go(1);
    else if (key === "k") go(-1);
    else if (key.toLowerCase() === "x" && box) {
      box.checked = !box.checked;
      if (event.shiftKey && lastPicked) upTo(box);
      lastPicked = box;
      refresh();
    } else if (key === "e") {
      if (box && !picks().some((each) => each.checked)) { box.checked = true; refresh(); }
      const choose = list.querySelector("[data-targets]");
      if (choose?.offsetParent) { event.preventDefault(); choose.focus(); }
    } else if (event.key === "Escape") none();
    else if (event.key === "Enter" && at && document.activeElement === document.body) at.querySelector("a.code").click();
  });
  // What stayed where it was of an act on many is still chosen, for another try.
  const still = new Set((new URLSearchParams(location.search).get("picked") ?? "").split(",").filter(Boolean));
  if (still.size) {
    for (const box of picks()) if (still.has(box.value)) box.checked = true;
    const address = new URL(location.href);
    address.searchParams.delete("picked");
    history.replaceState(history.state, "", address);
  }
  addEventListener("pageshow", refresh);
  refresh();
})();

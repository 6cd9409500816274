// Every page: toasts, confirmation of what cannot be undone, menus that close, and errors of htmx said in words.
(() => {
  "use strict";
  const words = document.getElementById("words")?.dataset ?? {};
  const toasts = document.getElementById("toasts");
  const model = document.getElementById("toast-model");
  const STAYS = 8000;

  // What can be undone, and what went wrong, stays until somebody closes it or goes on.
  const stays = (note) => note.matches(".toast-error, .toast-warning") || note.querySelector(".toast-undo") !== null;

  const watch = (note) => {
    let timer = 0;
    const wait = () => { if (!stays(note)) timer = setTimeout(() => note.remove(), STAYS); };
    const hold = () => clearTimeout(timer);
    note.addEventListener("pointerenter", hold);
    note.addEventListener("focusin", hold);
    note.addEventListener("pointerleave", wait);
    note.addEventListener("focusout", wait);
    note.querySelector(".toast-close")?.addEventListener("click", () => note.remove());
    wait();
  };

  // Show a toast; `undo` is the address to post to for taking it back.
  const toast = ({ text, level = "success", undo = "" }) => {
    const note = model.content.firstElementChild.cloneNode(true);
    note.className = `toast-note toast-${level}`;
    note.querySelector(".toast-text").textContent = text;
    const form = note.querySelector(".toast-undo");
    if (undo && form) form.action = undo; else form?.remove();
    toasts.append(note);
    watch(note);
    window.tartib.say(text, level === "error" || level === "warning");
  };
  window.tartib = Object.assign(window.tartib ?? {}, { toast, words });
  for (const note of toasts?.children ?? []) watch(note);
  document.addEventListener("toast", (event) => {
    const said = event.detail?.value ?? event.detail;
    for (const each of Array.isArray(said) ? said : [said]) toast(each);
  });

  // <form data-confirm="2 SMS will be sent." data-confirm-act="Delete"> (or its button) asks before it is sent.
  const dialog = document.getElementById("confirm");
  const ask = (text, act) => new Promise((answer) => {
    dialog.querySelector("#confirm-text").textContent = text;
    if (act) dialog.querySelector("[data-act]").textContent = act;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const asks = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!asks.dataset?.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await ask(asks.dataset.confirm, asks.dataset.confirmAct ?? event.submitter?.textContent.trim())) {
      form.dataset.confirmed = "1";
      form.requestSubmit(event.submitter);
      delete form.dataset.confirmed;
    }
  }, true);

  // A form is sent once, however often its button is pressed; going back to the page makes it usable again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent; });
  document.addEventListener("htmx:afterRequest", (event) => { const form = event.target.closest?.("form"); if (form) delete form.dataset.sent; });

  // Menus close when one clicks elsewhere, chooses, or presses Escape.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("details.menu[open]") ?? document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  for (const opened of document.querySelectorAll("dialog")) {
    opened.addEventListener("click", (event) => { if (event.target === opened) opened.close("no"); });
  }

  document.addEventListener("htmx:responseError", (event) => {
    const type = event.detail.xhr.getResponseHeader("HX-Trigger");
    if (!type) toast({ text: words.failed, level: "error" });
  });
  document.addEventListener("htmx:sendError", () => toast({ text: words.offline, level: "warning" }));
  // A refused form comes back with 422 and its reasons: they are to be shown like any answer.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 422 || event.detail.xhr.status === 409) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    toast({ text: words.copied });
  });
})();

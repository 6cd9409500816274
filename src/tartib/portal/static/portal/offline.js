// Fills in what this device last knew of the orders seen on it.
(() => {
  "use strict";
  const list = document.querySelector("[data-states]");
  const model = document.getElementById("state");
  const states = window.tartib?.states() ?? [];
  for (const one of states) {
    const card = model.content.firstElementChild.cloneNode(true);
    const put = (name, text) => { card.querySelector(`[data-${name}]`).textContent = text ?? ""; };
    if (/^[a-z]+$/.test(one.colour)) card.classList.add(`c-${one.colour}`);
    card.lang = one.lang;
    put("status", one.status);
    put("number", one.number || one.code);
    put("sentence", one.sentence);
    const progress = card.querySelector("progress");
    if (one.progress) progress.value = Number(one.progress);
    else progress.remove();
    const at = card.querySelector("time");
    at.dateTime = new Date(one.at).toISOString();
    at.textContent = one.said;
    list.append(card);
  }
  document.querySelector("[data-none]").hidden = states.length > 0;
  document.querySelector("[data-some]").hidden = !states.length;
  addEventListener("online", () => location.reload());
})();

// Entering an order: finds products and known customers while one writes, adds lines, and has the server add it up.
(() => {
  "use strict";
  const form = document.getElementById("entry");
  if (!form) return;
  const lines = form.querySelector("[data-lines]");
  const count = form.querySelector("[name=lines-TOTAL_FORMS]");
  const sums = form.querySelector("[data-sums-here]");

  const ASKING = "[name$=-product], [name=phone], [name=email], [name=name]";

  let turnOfSums = 0;
  let waiting;
  const reckon = async () => {
    const turn = ++turnOfSums;
    const answer = await fetch(form.dataset.sums, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } });
    if (turn === turnOfSums && answer.ok) sums.innerHTML = (await answer.text()).trim();
  };
  const total = () => { clearTimeout(waiting); waiting = setTimeout(reckon, 250); };

  const add = () => {
    const place = Number(count.value);
    const line = form.querySelector("template[data-line]").innerHTML.replaceAll("__prefix__", place);
    lines.insertAdjacentHTML("beforeend", line);
    count.value = place + 1;
    lines.lastElementChild.querySelector("[name$=-product]").focus();
  };

  let asked = 0;
  const find = async (address, text, box) => {
    const turn = ++asked;
    if (text.trim().length < 2) { box.replaceChildren(); return; }
    const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`, { headers: { "X-Requested-With": "fetch" } });
    if (turn === asked && answer.ok) box.innerHTML = (await answer.text()).trim();
  };
  let timer;
  form.addEventListener("input", (event) => {
    const field = event.target;
    total();
    clearTimeout(timer);
    const line = field.closest(".entry-line");
    if (line && field.name.endsWith("-product")) {
      line.querySelector("[name$=-sku]").value = "";
      timer = setTimeout(() => find(form.dataset.products, field.value, line.querySelector("[data-found-products]")), 180);
    } else if (field.matches(ASKING)) {
      timer = setTimeout(() => find(form.dataset.customers, field.value, form.querySelector("[data-found-customers]")), 220);
    }
  });
  // Who is found is entered whole: contact data, and where their latest order went.
  const PLACE = ["line1", "line2", "city", "region", "postcode"];
  let came;
  let sent;
  const enter = (data, names) => {
    for (const name of names) {
      const field = form.elements[name];
      if (data[name] && field) field.value = data[name];
    }
  };
  const meet = (data) => {
    enter(data, ["name", "email", "phone", "language"]);
    const country = form.elements.country;
    const moves = data.country && country.value !== data.country;
    if (data.line1 || data.city) form.querySelector(".entry-more").open = true;
    if (moves) {
      country.value = data.country;
      sent = data;
      country.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      enter(data, PLACE);
    }
    form.querySelector("[name$=-product]").focus();
    total();
  };
  form.addEventListener("place:changed", () => {
    if (!sent) return;
    enter(sent, PLACE);
    sent = undefined;
    form.querySelector("[name$=-product]").focus();
  });
  form.addEventListener("click", (event) => {
    const product = event.target.closest("[data-sku]");
    const person = event.target.closest("[data-person]");
    const line = event.target.closest(".entry-line");
    if (event.target.closest("[data-more]")) { event.preventDefault(); add(); }
    else if (event.target.closest("[data-drop]")) {
      for (const field of line.querySelectorAll("input")) field.value = "";
      line.hidden = true;
      total();
    } else if (product) {
      line.querySelector("[name$=-product]").value = product.dataset.product;
      line.querySelector("[name$=-sku]").value = product.dataset.sku;
      line.querySelector("[name$=-price]").value = product.dataset.price;
      line.querySelector("[data-found-products]").replaceChildren();
      line.querySelector("[name$=-quantity]").focus();
      total();
    } else if (person) {
      meet(person.dataset);
      person.parentElement.replaceChildren();
    }
  });
  // Suggestions are reached by the arrow keys from the field they belong to, and left by Escape.
  form.addEventListener("keydown", (event) => {
    const from = event.target;
    const line = from.closest(".entry-line");
    const box = line ? line.querySelector("[data-found-products]") : form.querySelector("[data-found-customers]");
    const found = [...box.children];
    const place = found.indexOf(from);
    const asks = place < 0 && from.matches(ASKING);
    if (!found.length || (place < 0 && !asks)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = event.key === "ArrowDown" ? place + 1 : place - 1;
      if (asks) came = from;
      (found[next] ?? (next < 0 ? came : found[place]) ?? from).focus();
    } else if (event.key === "Escape") {
      box.replaceChildren();
      if (!asks) came?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  total();
})();

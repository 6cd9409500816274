// Entering an order: finds products and known customers while one writes, adds lines, and has the server add it up.
(() => {
  "use strict";
  const form = document.getElementById("entry");
  if (!form) return;
  const lines = form.querySelector("[data-lines]");
  const count = form.querySelector("[name=lines-TOTAL_FORMS]");
  const sums = form.querySelector("[data-sums-here]");

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
    } else if (["phone", "email", "name"].includes(field.name)) {
      timer = setTimeout(() => find(form.dataset.customers, field.value, form.querySelector("[data-found-customers]")), 220);
    }
  });
  form.addEventListener("click", (event) => {
    const product = event.target.closest("[data-sku]");
    const person = event.target.closest("[data-phone]");
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
      for (const name of ["name", "email", "phone", "language", "country"]) {
        if (person.dataset[name]) form.elements[name].value = person.dataset[name];
      }
      person.parentElement.replaceChildren();
    }
  });
  total();
})();

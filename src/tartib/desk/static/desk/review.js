// Review: how many are chosen, and choosing all of a list.
(() => {
  "use strict";
  const form = document.getElementById("review");
  if (!form) return;
  const count = form.querySelector("[data-count]");
  const show = () => {
    const chosen = new Set([...form.querySelectorAll('input[name="case"]:checked')].map((box) => box.value)).size;
    count.textContent = chosen ? count.dataset.some.replace("{n}", window.tartib.number(chosen)) : count.dataset.none;
    form.classList.toggle("has-chosen", chosen > 0);
  };
  form.addEventListener("change", (event) => {
    const all = event.target.dataset?.all;
    if (all) for (const box of form.querySelectorAll(`[data-of="${all}"]`)) box.checked = event.target.checked;
    show();
  });
  show();
})();

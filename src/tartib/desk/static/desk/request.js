// A support request's page: keys, and how many files were chosen.
(() => {
  "use strict";
  document.addEventListener("desk:key", ({ detail: { key, event } }) => {
    const moves = [...document.querySelectorAll("#case-bar .bar-moves > form > [data-move]")];
    if (key === "n") { event.preventDefault(); document.querySelector("#write textarea")?.focus(); }
    else if (key === "m") moves[0]?.focus();
    else if (/^[1-9]$/.test(key)) moves[Number(key) - 1]?.focus();
  });
  const input = document.querySelector(".write-files input");
  const word = document.querySelector(".write-files span");
  const plain = word?.textContent;
  input?.addEventListener("change", () => {
    const count = input.files.length;
    word.textContent = count ? `${plain} (${window.tartib.number(count)})` : plain;
  });
})();

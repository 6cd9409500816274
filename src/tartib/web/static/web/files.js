// File fields say in the reader's language what browsers say in their own. Without this they are as the browser has them.
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const element = (name, text) => Object.assign(document.createElement("span"), { className: name, textContent: text });
  const dress = (input) => {
    const box = element("file-box", "");
    const names = element("file-names", words.none);
    names.dir = "auto";
    for (const part of [element("file-button", input.multiple ? words.several : words.one), names]) {
      // The field itself says all of this to those who do not see it.
      part.ariaHidden = "true";
      box.append(part);
    }
    input.replaceWith(box);
    box.append(input);
    const tell = () => { names.textContent = [...input.files].map((file) => file.name).join(", ") || words.none; };
    input.addEventListener("change", tell);
    input.form?.addEventListener("reset", () => setTimeout(tell));
    tell();
  };
  const all = (within) => {
    for (const input of within.querySelectorAll('input[type="file"]')) {
      if (!input.closest(".file-box, .write-files")) dress(input);
    }
  };
  all(document);
  document.body.addEventListener("htmx:load", (event) => all(event.target));
})();

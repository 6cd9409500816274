// The template editor: words inserted at the cursor, the e-mail in its frame, and a word before leaving unsaved.
(() => {
  "use strict";
  const form = document.getElementById("wording");
  if (!form) return;
  let field = form.querySelector("textarea");
  let dirty = false;
  form.addEventListener("focusin", (event) => { if (event.target.matches("[data-writes]")) field = event.target; });
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

  form.addEventListener("click", (event) => {
    const word = event.target.closest("[data-insert]");
    if (!word) return;
    field.focus();
    field.setRangeText(word.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  form.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); form.requestSubmit(form.querySelector(".btn-primary")); }
  });

  // Each version is posted into a new frame, which takes the old one's place when it is there: nothing flickers, and
  // the browser's history stays as it was.
  const box = document.querySelector("[data-letter]");
  if (!box) return;
  let number = 0;
  const show = () => {
    const old = box.querySelector("iframe:not(.coming)");
    for (const late of box.querySelectorAll("iframe.coming")) late.remove();
    const next = old.cloneNode();
    number += 1;
    next.name = `letter-${number}`;
    next.classList.add("coming");
    box.append(next);
    next.addEventListener("load", () => { old.remove(); next.classList.remove("coming"); });
    const post = document.createElement("form");
    post.method = "post";
    post.action = box.dataset.letter;
    post.target = next.name;
    post.hidden = true;
    for (const [name, value] of new FormData(form)) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      post.append(input);
    }
    document.body.append(post);
    post.submit();
    post.remove();
  };
  document.getElementById("preview").addEventListener("htmx:afterSwap", show);
  show();
})();

// The window without waiting: another variant comes in its place. Without this, links do it.
(() => {
  "use strict";
  const show = async (url, push) => {
    const answer = await fetch(url);
    if (!answer.ok) { location.href = url; return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const held = document.activeElement?.dataset?.variant;
    document.getElementById("buy").replaceWith(page.getElementById("buy"));
    if (push) history.replaceState(null, "", url);
    document.querySelector(`#buy [data-variant="${held}"]`)?.focus({ preventScroll: true });
  };
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("#buy a.choice");
    if (choice && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      show(choice.href, true).catch(() => { location.href = choice.href; });
      turn(document.querySelector(`#strip [data-variant="${choice.dataset.variant}"]`));
    }
    const thumb = event.target.closest(".thumbs a");
    if (thumb) {
      event.preventDefault();
      turn(document.querySelector(thumb.hash));
    }
  });
  // Only the strip moves, not the page under it.
  const turn = (photo) => photo?.parentElement.scrollTo({ left: photo.offsetLeft - photo.parentElement.offsetLeft, behavior: "smooth" });

  // What was left empty does not go into the address.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-sends]")) return;
    for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
  });
  addEventListener("pageshow", () => { for (const field of document.querySelectorAll("[data-sends] :disabled")) field.disabled = false; });
})();

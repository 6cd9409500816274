// Forms with addresses follow the country at once. Without this, the button beside the country does it.
(() => {
  "use strict";
  const parsed = async (form, body) => {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };
  document.addEventListener("change", async (event) => {
    const chosen = event.target;
    if (!chosen.matches("select[data-place]")) return;
    const form = chosen.form;
    const body = new FormData(form);
    body.set("again", "1");
    try {
      const fresh = (await parsed(form, body)).getElementById(chosen.dataset.place);
      // Parsed apart, the button within is one: Enter in a field would press it before the form's own.
      for (const plain of fresh.querySelectorAll("noscript")) plain.remove();
      document.getElementById(chosen.dataset.place).replaceWith(fresh);
      document.getElementById(chosen.id).focus({ preventScroll: true });
      fresh.dispatchEvent(new CustomEvent("place:changed", { bubbles: true }));
    } catch {
      // The page itself, with everything that was written.
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "again", value: "1" }));
      form.submit();
    }
  });
})();

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
    const form = chosen.form, asked = chosen.value;
    const body = new FormData(form);
    body.set("again", "1");
    const place = () => document.getElementById(chosen.dataset.place);
    try {
      const fresh = (await parsed(form, body)).getElementById(chosen.dataset.place);
      // Who goes on through the countries is not taken back to one before.
      if (document.getElementById(chosen.id)?.value !== asked) return;
      // Parsed apart, the button within is one: Enter in a field would press it before the form's own.
      for (const plain of fresh.querySelectorAll("noscript")) plain.textContent = plain.innerHTML;
      // What was written meanwhile stays, and who writes goes on where they are.
      const at = place().contains(document.activeElement) ? document.activeElement.id : "";
      for (const field of place().querySelectorAll("[name]")) {
        const same = fresh.querySelector(`[name="${CSS.escape(field.name)}"]`);
        if (same && field.value !== body.get(field.name)) same.value = field.value;
      }
      place().replaceWith(fresh);
      document.getElementById(at)?.focus({ preventScroll: true });
      fresh.dispatchEvent(new CustomEvent("place:changed", { bubbles: true }));
    } catch {
      // Nothing is sent by choosing: the button of those without scripts comes instead.
      for (const plain of place().querySelectorAll("noscript")) plain.outerHTML = plain.textContent;
    }
  });
})();

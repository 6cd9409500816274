// Forms with addresses follow the country at once. Without this, the button beside the country does it.
(() => {
  "use strict";
  const settle = (root) => {
    for (const button of root.querySelectorAll("button[name=again]")) button.hidden = true;
  };
  settle(document);
  document.addEventListener("change", async (event) => {
    const chosen = event.target;
    if (!chosen.matches("select[data-place]")) return;
    const form = chosen.form;
    const body = new FormData(form);
    body.set("again", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(chosen.dataset.place);
      if (!fresh) throw new Error("no fields");
      settle(fresh);
      document.getElementById(chosen.dataset.place).replaceWith(fresh);
      document.getElementById(chosen.id)?.focus({ preventScroll: true });
    } catch {
      for (const button of form.querySelectorAll("button[name=again]")) button.hidden = false;
    }
  });
})();

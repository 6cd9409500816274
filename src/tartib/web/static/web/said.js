// What happened is heard and found: screen readers are told of it once the page stands, and focus goes to it, or after a
// form that was refused to its first wrong field. A notice of it in the page is marked with `data-said`.
(() => {
  "use strict";
  const PAUSE = 150;
  const shown = (one) => one.checkVisibility ? one.checkVisibility() : one.getClientRects().length > 0;
  const text = (one) => (one.querySelector(".toast-text") ?? one).textContent.trim().replace(/\s+/g, " ");
  const isAlert = (one) => one.matches('[role="alert"], .toast-error, .toast-warning, .notice-error');

  // A region that was empty when the page came is read when it is filled, which one that came full is not.
  const say = (words, urgent) => {
    const region = document.getElementById(urgent ? "said-alert" : "said");
    if (!region || !words) return;
    region.textContent = "";
    setTimeout(() => { region.textContent = words; }, PAUSE);
  };
  window.tartib = Object.assign(window.tartib ?? {}, { say });

  const go = (one) => {
    if (!one.matches("input, select, textarea, button, a[href]")) one.tabIndex = -1;
    one.focus({ preventScroll: true });
    if (!one.closest(".toasts")) one.scrollIntoView({ block: "center" });
  };
  const find = (within) => {
    for (const fold of within.querySelectorAll("details:not([open])")) if (fold.querySelector('[aria-invalid="true"]')) fold.open = true;
    const wrong = [...within.querySelectorAll('[aria-invalid="true"]')].find(shown);
    const why = [...within.querySelectorAll('[role="alert"]:not(#said-alert)')].find((one) => shown(one) && text(one));
    return { wrong, why };
  };
  // Dialogs that the server sent open are made real ones before: scripts run in the order in which they stand.
  const land = () => {
    const open = document.querySelector("dialog[open]");
    const found = find(open ?? document), wrong = found.wrong;
    // A warning that always stands there is no answer to what somebody did just now.
    const why = wrong || "refused" in document.documentElement.dataset ? found.why : undefined;
    const notices = [...document.querySelectorAll("[data-said]")].filter((one) => shown(one) && text(one));
    const heard = [...(why ? [why] : []), ...notices];
    for (const urgent of [true, false]) say(heard.filter((one) => isAlert(one) === urgent).map(text).join(" "), urgent);
    const here = wrong ?? why ?? (open || location.hash ? null : notices[0]);
    if (here) go(here);
  };
  if (document.readyState === "complete") land(); else addEventListener("DOMContentLoaded", land);

  // The same for a part of a page that came anew with its errors.
  document.addEventListener("htmx:afterSwap", (event) => {
    const { status } = event.detail.xhr;
    if (status !== 422 && status !== 409) return;
    const { wrong, why } = find(event.target.isConnected ? event.target : document);
    if (why) say(text(why), true);
    if (wrong ?? why) go(wrong ?? why);
  });
})();

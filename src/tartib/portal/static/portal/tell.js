// "Tell me on this device": asks the browser for leave only when the button is pressed, and shows how things stand.
(() => {
  "use strict";
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const same = (buffer, other) => buffer && new Uint8Array(buffer).join() === other.join();

  const active = (registration) => new Promise((ready) => {
    const worker = registration.active ?? registration.waiting ?? registration.installing;
    const look = () => { if (worker.state === "activated") ready(registration); };
    worker.addEventListener("statechange", look);
    look();
  });

  const begin = (card) => {
    const form = card.querySelector("form");
    const said = card.querySelector("[data-said]");
    const { worker, home, tell } = card.dataset;

    const post = async (act, more = {}) => {
      const body = new URLSearchParams(new FormData(form));
      for (const [name, value] of Object.entries({ act, ...more })) body.set(name, value);
      const answer = await fetch(tell, { method: "POST", body });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.problem);
      return told;
    };
    const show = (told) => {
      for (const part of card.querySelectorAll("[data-when]")) part.hidden = (part.dataset.when === "on") !== told;
      card.hidden = false;
    };
    const ours = async () => {
      const registration = await navigator.serviceWorker.getRegistration(home);
      const here = registration && new URL(registration.scope).pathname === home;
      return here && Notification.permission === "granted" ? registration.pushManager.getSubscription() : null;
    };

    const on = async () => {
      if ((await Notification.requestPermission()) !== "granted") { said.textContent = said.dataset.denied; return false; }
      const registration = await active(await navigator.serviceWorker.register(worker, { scope: home }));
      const key = bytes((await post("key")).key);
      let subscription = await registration.pushManager.getSubscription();
      if (subscription && !same(subscription.options.applicationServerKey, key)) {
        await subscription.unsubscribe();
        subscription = null;
      }
      subscription ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
      const { endpoint, keys } = subscription.toJSON();
      return (await post("on", { endpoint, p256dh: keys.p256dh, auth: keys.auth })).told;
    };
    // The browser may be told of another order too: only this one is given up.
    const off = async () => {
      const subscription = await ours();
      return subscription ? (await post("off", { endpoint: subscription.endpoint })).told : false;
    };

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = event.submitter;
      said.textContent = "";
      button.disabled = true;
      try {
        const told = await (button.value === "on" ? on() : off());
        show(told);
        if (told === (button.value === "on")) card.querySelector("button:not([hidden])").focus();
      } catch (problem) {
        said.textContent = problem instanceof Error && problem.constructor === Error && problem.message ? problem.message : said.dataset.failed;
      }
      button.disabled = false;
    });

    const look = async () => {
      const subscription = await ours();
      show(subscription ? (await post("ask", { endpoint: subscription.endpoint })).told : false);
    };
    look().catch(() => show(false));
  };

  for (const card of document.querySelectorAll("[data-tell]")) begin(card);
})();

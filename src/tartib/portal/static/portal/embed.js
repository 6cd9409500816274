/* The tracking box for any web site: <script src="…/embed.js" data-shop="…" async></script> puts it where it stands.

   It lives in a shadow tree with a constructed style sheet: the page's styles do not reach it, it needs no leave of the
   page's content security policy but script-src and connect-src for its own origin, and it stores nothing. */
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || !window.customElements || !("adoptedStyleSheets" in Document.prototype)) return;
  const origin = new URL(script.src).origin;

  const CSS = `
:host { display: block; max-inline-size: 30rem; font: 16px/1.5 system-ui, sans-serif; color-scheme: light dark;
  --ink: light-dark(#1d2733, #e6ebf1); --soft: light-dark(#5b6775, #a3afbd); --paper: light-dark(#fff, #1b2430);
  --line: light-dark(#8a95a3, #5f6d7d); --wrong: light-dark(#a3201d, #ff9b96); }
.box { background: var(--paper); color: var(--ink); border: 1px solid var(--line); border-radius: 12px; padding: 1.1rem; }
.box[dir="rtl"] { line-height: 1.7; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; } p { margin: 0 0 .6rem; overflow-wrap: anywhere; }
form { display: grid; gap: .7rem; } label { display: grid; gap: .2rem; font-weight: 600; }
input { font: inherit; font-weight: 400; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 8px;
  padding: .55rem .7rem; min-block-size: 44px; box-sizing: border-box; inline-size: 100%; }
button, a.act { font: inherit; font-weight: 600; min-block-size: 44px; border-radius: 8px; padding: .5rem 1rem; cursor: pointer;
  border: 1px solid transparent; background: var(--brand, #206bc4); color: var(--on-brand, #fff); display: inline-block;
  box-sizing: border-box; text-align: center; text-decoration: none; }
button.plain { background: transparent; color: inherit; border-color: var(--line); }
:focus-visible { outline: 3px solid var(--focus, #4c8dde); outline-offset: 2px; }
.soft { color: var(--soft); } .wrong { color: var(--wrong); } .status { font-weight: 700; }
progress { inline-size: 100%; block-size: .6rem; accent-color: var(--brand, #206bc4); }
ol { list-style: none; margin: 0 0 .8rem; padding: 0; } li { display: flex; justify-content: space-between; gap: 1rem; padding: .2rem 0; }
li[aria-current] { font-weight: 700; } .acts { display: flex; flex-wrap: wrap; gap: .6rem; }
`;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);

  const make = (name, given, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(given || {})) element.setAttribute(key, value);
    element.append(...children.filter((child) => child !== null));
    return element;
  };

  class Tracking extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
      this.start();
    }

    address(more) {
      const language = this.getAttribute("language") || document.documentElement.lang || navigator.language;
      const path = `/embed/${encodeURIComponent(this.getAttribute("shop") || "")}/${more || ""}`;
      return `${origin}${path}?language=${encodeURIComponent(language)}`;
    }

    async start() {
      const known = await this.ask(this.address());
      if (!known || !known.words) return;
      this.words = known.words;
      this.box = make("section", { class: "box", dir: known.direction, lang: known.language, "aria-label": known.words.title });
      this.style.setProperty("--brand", known.colour);
      this.style.setProperty("--on-brand", known.on_colour);
      this.shadowRoot.append(this.box);
      const order = this.getAttribute("order");
      const found = order ? await this.ask(this.address(`${encodeURIComponent(order)}/`)) : null;
      if (found && found.found) this.show(found);
      else this.form();
    }

    /* The answer as data; null where the net is away. */
    async ask(address, body) {
      try {
        const answer = await fetch(address, { method: body ? "POST" : "GET", body, credentials: "omit", referrerPolicy: "no-referrer" });
        return await answer.json();
      } catch {
        return null;
      }
    }

    form() {
      const words = this.words;
      const code = make("input", { name: "code", required: "", maxlength: "64", autocomplete: "off", dir: "auto" });
      const contact = make("input", { name: "contact", required: "", maxlength: "254", autocomplete: "email", autocapitalize: "none", dir: "ltr" });
      const said = make("p", { role: "status", class: "wrong" });
      const button = make("button", {}, words.show);
      const form = make("form", {}, make("label", {}, words.code, code), make("label", {}, words.contact, contact), button, said);
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        button.disabled = true;
        said.textContent = "";
        const found = await this.ask(this.address(), new URLSearchParams({ code: code.value, contact: contact.value }));
        button.disabled = false;
        if (found && found.found) this.show(found, true);
        else said.textContent = (found && found.text) || words.away;
      });
      this.box.replaceChildren(make("h2", {}, words.title), form);
    }

    show(found, asked) {
      const words = this.words;
      const way = make("ol", {});
      for (const one of found.milestones) {
        way.append(make("li", one.now ? { "aria-current": "step" } : one.at ? {} : { class: "soft" }, make("span", {}, one.name), make("span", { class: "soft" }, one.at)));
      }
      const again = make("button", { class: "plain", type: "button" }, words.again);
      again.addEventListener("click", () => { this.form(); this.box.querySelector("input").focus(); });
      const progress = found.progress === null ? null : make("progress", { max: "100", value: String(found.progress), "aria-label": words.progress });
      const heading = make("h2", { tabindex: "-1" }, found.sentence);
      this.box.replaceChildren(
        make("p", { class: "status" }, `${found.status} `, make("bdi", { class: "soft" }, found.order)), heading,
        found.more ? make("p", {}, found.more) : null, progress, found.next ? make("p", { class: "soft" }, found.next) : null, way,
        make("p", { class: "acts" }, make("a", { class: "act", href: found.page, target: "_blank", rel: "noopener noreferrer" }, words.page), again),
      );
      if (asked) heading.focus();
    }
  }

  if (!customElements.get("tartib-tracking")) customElements.define("tartib-tracking", Tracking);
  if (script.dataset.shop) {
    const given = { shop: script.dataset.shop };
    for (const name of ["language", "order"]) if (script.dataset[name]) given[name] = script.dataset[name];
    const box = make("tartib-tracking", given);
    if (script.parentElement && script.parentElement !== document.head) script.after(box);
    else document.addEventListener("DOMContentLoaded", () => document.body.append(box));
  }
})();

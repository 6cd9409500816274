// Any case's page: the keys of whose case it is, which a mouse does as well; and its form, which stays while it is open.
(() => {
  "use strict";
  // What is being written is never taken away: cards in which the form is open wait for the next change.
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target.id === "cards" && document.querySelector("#cards .owner-form[open]")) event.detail.shouldSwap = false;
  });
  document.addEventListener("desk:key", ({ detail: { key, event } }) => {
    const hands = document.querySelector("[data-hands]");
    const take = document.querySelector("[data-take]");
    // Phones fold the card away, and people do: what a key leads to is unfolded first.
    const unfold = (part) => { event.preventDefault(); part.closest("details.card").open = true; };
    if (key === "t" && take) { unfold(take); take.focus(); }
    else if (key === "o" && hands) {
      unfold(hands);
      hands.open = true;
      hands.querySelector("select").focus();
      hands.scrollIntoView({ block: "nearest" });
    }
  });
})();

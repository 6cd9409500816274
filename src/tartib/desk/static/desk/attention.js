// What is being written is never taken away: a list in which a form is open waits for the next change.
const busy = (list) => list.id === "work" && list.querySelector(".work-form[open]") !== null;

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (busy(event.target)) event.preventDefault();
});
document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (busy(event.detail.target)) event.detail.shouldSwap = false;
});

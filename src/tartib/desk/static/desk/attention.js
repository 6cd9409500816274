// What is being written is never taken away: a list in which a form is open waits for the next change.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const list = event.target;
  if (list.matches("[data-quiet]") && list.querySelector(".work-form[open]")) event.preventDefault();
});

// Before the first paint: Tabler's light or dark, as the system says, and again when the system changes its mind.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const dress = () => document.documentElement.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  dress();
  dark.addEventListener("change", dress);
  document.documentElement.classList.add("js");
})();

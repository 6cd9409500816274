// A line of tabs too long for the screen is shown where its current one is.
for (const tab of document.querySelectorAll("nav [aria-current]")) {
  const strip = tab.closest("nav, ul");
  const line = [strip, strip.closest("nav")].find((one) => one && one.scrollWidth > one.clientWidth);
  if (!line) continue;
  const [at, room] = [tab.getBoundingClientRect(), line.getBoundingClientRect()];
  if (at.left < room.left || at.right > room.right) line.scrollLeft += (at.left + at.right - room.left - room.right) / 2;
}

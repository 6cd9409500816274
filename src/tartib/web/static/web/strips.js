// A line of tabs or steps too long for the screen is shown where its current one is.
for (const tab of document.querySelectorAll("nav [aria-current]")) {
  for (let line = tab.parentElement; line && !line.contains(tab.closest("nav").parentElement); line = line.parentElement) {
    if (line.scrollWidth <= line.clientWidth) continue;
    const [at, room] = [tab.getBoundingClientRect(), line.getBoundingClientRect()];
    if (at.left < room.left || at.right > room.right) line.scrollLeft += (at.left + at.right - room.left - room.right) / 2;
  }
}

// A calendar beside each field of a day, where browsers have none (Jalali, Hijri). The field stays what is sent, and is
// typed into as before. Months, names and digits are the server's own, so that both always mean the same day.
// Keys as in the date picker dialog of WAI-ARIA: arrows, Home, End, Page Up and Down (with Shift by years), Esc.
(() => {
  "use strict";
  const dialog = document.getElementById("day-picker");
  if (!dialog) return;
  const known = JSON.parse(dialog.dataset.calendar);
  const grid = dialog.querySelector("tbody"), title = dialog.querySelector("h2");
  const DAY = 86400000;
  const number = (iso) => Date.parse(`${iso}T00:00Z`) / DAY;
  const first = number(known.first), today = number(known.today);
  const lengths = [...known.lengths].map((digit) => 28 + Number(digit));
  const starts = lengths.reduce((sums, length) => [...sums, sums.at(-1) + length], [first]);
  const last = starts.at(-1) - 1;
  let field = null, at = today;

  // A day is the number of days since 1970; a month its place among all that are known.
  const monthOf = (day) => starts.findLastIndex((start, place) => start <= day && place < lengths.length);
  const within = (day) => Math.max(first, Math.min(last, day));
  const local = (value) => String(value).replace(/\d/g, (digit) => known.digits[digit]);
  const parts = (day) => {
    const place = monthOf(day);
    return { year: known.year + Math.floor(place / 12), month: place % 12, day: day - starts[place] + 1, weekday: (day + 3) % 7 };
  };
  const said = (day) => {
    const { year, month, day: number, weekday } = parts(day);
    const words = { year: local(year), month: known.months[month], day: local(number), weekday: known.days[weekday] };
    return known.said.replace(/\{(\w+)\}/g, (_all, name) => words[name]);
  };
  const written = (day) => {
    const { year, month, day: number } = parts(day);
    const values = { y: year, m: String(month + 1).padStart(2, "0"), d: String(number).padStart(2, "0") };
    return local(known.field.replace(/[ymd]/g, (letter) => values[letter]));
  };
  // The day a field holds; today where it holds none, or is typed in another way than the calendar writes.
  const held = (text) => {
    const latin = text.replace(/\p{Nd}/gu, (digit) => { const place = known.digits.indexOf(digit); return place < 0 ? digit : place; });
    const numbers = latin.match(/\d+/g)?.map(Number) ?? [];
    const order = known.field.match(/[ymd]/g);
    const { y, m, d } = Object.fromEntries(order.map((letter, place) => [letter, numbers[place]]));
    const place = (y - known.year) * 12 + m - 1;
    return numbers.length === 3 && d >= 1 && d <= lengths[place] ? starts[place] + d - 1 : today;
  };

  const show = (focus = true) => {
    const place = monthOf(at), start = starts[place], { year, month } = parts(at);
    title.textContent = `${known.months[month]} ${local(year)}`;
    const chosen = field?.value ? held(field.value) : null;
    const before = ((start + 3) % 7 - known.week + 7) % 7;
    grid.replaceChildren();
    for (let row = start - before; row < start + lengths[place]; row += 7) {
      const line = grid.insertRow();
      for (let day = row; day < row + 7; day++) {
        const cell = line.insertCell();
        if (day < start || day >= start + lengths[place]) continue;
        const button = Object.assign(document.createElement("button"), { type: "button", textContent: local(day - start + 1), tabIndex: day === at ? 0 : -1 });
        button.dataset.day = day;
        button.setAttribute("aria-label", said(day));
        if (day === today) button.setAttribute("aria-current", "date");
        cell.setAttribute("aria-selected", String(day === chosen));
        cell.append(button);
      }
    }
    if (focus) grid.querySelector('[tabindex="0"]').focus();
  };
  const go = (day) => { at = within(day); show(); };
  const byMonths = (step) => {
    const place = Math.max(0, Math.min(lengths.length - 1, monthOf(at) + step));
    return starts[place] + Math.min(parts(at).day, lengths[place]) - 1;
  };

  const head = dialog.querySelector("thead tr");
  for (let step = 0; step < 7; step++) {
    const day = (known.week + step) % 7;
    const cell = Object.assign(document.createElement("th"), { scope: "col", abbr: known.days[day], textContent: known.letters[day] });
    head.append(cell);
  }
  const pick = (day) => {
    field.value = written(day);
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    dialog.close();
    field.focus();
  };
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (event.target === dialog || button?.matches("[data-close]")) dialog.close();
    else if (button?.dataset.day) pick(Number(button.dataset.day));
    else if (button?.dataset.step) { at = byMonths(Number(button.dataset.step)); show(false); }
    else if (button?.matches("[data-today]")) pick(today);
  });
  grid.addEventListener("keydown", (event) => {
    const along = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
    const inWeek = ((at + 3) % 7 - known.week + 7) % 7;
    const to = {
      ArrowRight: () => at + along, ArrowLeft: () => at - along, ArrowDown: () => at + 7, ArrowUp: () => at - 7,
      Home: () => at - inWeek, End: () => at + 6 - inWeek,
      PageUp: () => byMonths(event.shiftKey ? -12 : -1), PageDown: () => byMonths(event.shiftKey ? 12 : 1),
    }[event.key];
    if (to) { event.preventDefault(); go(to()); }
  });
  // The desk's own keys stay out of it.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());

  const opener = document.getElementById("day-open").content.firstElementChild;
  const dress = (root) => {
    for (const input of root.querySelectorAll("input[data-day]")) {
      if (input.parentElement.matches(".day-box")) continue;
      const label = input.labels[0]?.textContent.trim();
      const box = Object.assign(document.createElement("span"), { className: "day-box" });
      input.replaceWith(box);
      const button = opener.cloneNode(true);
      if (label) button.setAttribute("aria-label", `${button.getAttribute("aria-label")}: ${label}`);
      button.addEventListener("click", () => { field = input; at = within(held(input.value)); dialog.showModal(); show(); });
      box.append(input, button);
    }
  };
  dress(document);
  document.addEventListener("htmx:load", (event) => dress(event.detail.elt));
})();

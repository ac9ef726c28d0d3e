// What the pages do beyond HTML: search and sort a list, show and hide a filter, keep a live page fresh. All of it is
// optional: without it nothing is missing but comfort.
import { initAll } from "./govuk-frontend.min.js";

initAll();

/** Puts values into the gaps of a wording: `{count} found`. */
function fill(wording, values) {
  return (wording ?? "").replace(/\{(\w+)\}/g, (gap, name) => String(values[name] ?? gap));
}

// --- Search in a list -------------------------------------------------------------------------------------------

/** Takes the marks of the last search away again. */
function unmark(element) {
  for (const mark of element.querySelectorAll("mark.app-mark")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
}

/** Marks each occurrence of a word in the texts below an element. Works on text nodes, so markup is never built. */
function mark(element, word) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    texts.push(walker.currentNode);
  }
  for (let text of texts) {
    let at = text.data.toLowerCase().indexOf(word);
    while (at !== -1) {
      const found = text.splitText(at);
      const rest = found.splitText(Math.min(word.length, found.length));
      const mark = document.createElement("mark");
      mark.className = "app-mark";
      found.replaceWith(mark);
      mark.append(found);
      text = rest;
      at = text.data.toLowerCase().indexOf(word);
    }
  }
}

/** A heading, and what follows it up to the next heading of its level or above. */
function underHeading(heading) {
  const elements = [heading];
  for (let next = heading.nextElementSibling; next; next = next.nextElementSibling) {
    if (/^H[1-6]$/.test(next.tagName) && next.tagName <= heading.tagName) {
      break;
    }
    elements.push(next);
  }
  return elements;
}

/** What shall vanish when none of its hearings is shown: tables, parts that open and close, parts under a heading. */
function partsOf(list, hearings) {
  const blocks = Array.from(list.querySelectorAll("details.app-list-section, .app-list-scroll"), (block) => [block]);
  const headings = Array.from(list.querySelectorAll(":is(h2, h3, h4, h5, h6)[id^='list-section-']"), underHeading);
  return [...headings, ...blocks]
    .map((elements) => ({ elements, hearings: hearings.filter(({ element }) => elements.some((part) => part.contains(element))) }))
    .filter((part) => part.hearings.length > 0);
}

function searchList(box) {
  const list = box.closest("[data-app-list]");
  const input = box.querySelector("input");
  const status = box.querySelector("[role=status]");
  if (!list || !input || !status) {
    return;
  }
  // A hearing is a card, a row, or a row with the facts below it.
  const found = list.querySelectorAll(".govuk-summary-card, tbody.app-list-row, tbody:not(.app-list-row) > tr");
  const hearings = Array.from(found, (element) => ({ element, text: element.textContent.toLowerCase(), shown: true }));
  const parts = partsOf(list, hearings);
  const search = () => {
    const word = input.value.trim().toLowerCase();
    for (const hearing of hearings) {
      hearing.shown = hearing.text.includes(word);
    }
    for (const { elements } of parts) {
      elements.forEach((element) => (element.hidden = false));
    }
    for (const part of parts.filter((part) => !part.hearings.some((hearing) => hearing.shown))) {
      part.elements.forEach((element) => (element.hidden = true));
    }
    for (const { element, shown } of hearings) {
      unmark(element);
      element.hidden = !shown;
      const section = word && shown ? element.closest("details.app-list-section") : null;
      if (section) {
        section.open = true;
      }
      if (shown && word.length > 1) {
        mark(element, word);
      }
    }
    const count = hearings.filter((hearing) => hearing.shown).length;
    status.textContent = word ? fill(count ? list.dataset.appFound : list.dataset.appFoundNone, { count }) : "";
  };
  let waiting;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 150);
  });
  box.hidden = false;
  if (input.value) {
    search();
  }
}

// --- Sort a table -----------------------------------------------------------------------------------------------

/** What a row sorts by: the key its cell carries, else the cell's words. */
function sortKey(row, index) {
  const cell = row.matches("tr") ? row.cells[index] : row.rows[0]?.cells[index];
  return cell?.dataset.sortValue ?? cell?.textContent.trim() ?? "";
}

/** Sorts the rows; a row with facts below it keeps them. Empty cells are last in either direction. */
function sortRows(table, index, descending) {
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const whole = table.querySelector("tbody.app-list-row");
  const rows = Array.from(whole ? table.tBodies : table.tBodies[0]?.rows ?? [], (row) => ({ row, key: sortKey(row, index) }));
  rows.sort((one, other) => {
    if (!one.key || !other.key) {
      return Number(!one.key) - Number(!other.key);
    }
    return descending ? order.compare(other.key, one.key) : order.compare(one.key, other.key);
  });
  (whole ? table : table.tBodies[0])?.append(...rows.map(({ row }) => row));
}

/** In a table where only some rows have facts below, each row becomes a group of its own, so that groups can move. */
function separateRows(table) {
  if (!table.querySelector("tbody.app-list-row")) {
    return;
  }
  for (const body of table.querySelectorAll("tbody:not(.app-list-row)")) {
    for (const row of Array.from(body.rows).slice(1)) {
      const own = document.createElement("tbody");
      own.className = body.className;
      own.append(row);
      table.append(own);
    }
  }
}

function sortableTable(table) {
  const headers = Array.from(table.tHead?.rows[0]?.cells ?? []);
  const rows = table.querySelectorAll("tbody.app-list-row, tbody:not(.app-list-row) > tr");
  if (rows.length < 2) {
    return;
  }
  const words = table.closest("[data-app-list]")?.dataset ?? {};
  const status = document.createElement("div");
  status.className = "govuk-visually-hidden";
  status.setAttribute("role", "status");
  (table.parentElement ?? table).after(status);
  separateRows(table);
  headers.forEach((header, index) => {
    const name = header.textContent.trim();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "app-sort";
    button.append(...header.childNodes);
    header.append(button);
    header.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const descending = header.getAttribute("aria-sort") === "ascending";
      headers.forEach((other) => other.setAttribute("aria-sort", "none"));
      header.setAttribute("aria-sort", descending ? "descending" : "ascending");
      sortRows(table, index, descending);
      status.textContent = fill(descending ? words.appSortedDown : words.appSortedUp, { column: name });
    });
  });
}

// --- Tables that may be wider than the window ---------------------------------------------------------------------

/** A keyboard stops at a table only when there is something to scroll; one that fits keeps its head in sight. */
function scrollRegion(region) {
  const label = region.getAttribute("aria-label");
  const adapt = () => {
    if (region.clientWidth === 0) {
      return;
    }
    const fits = region.scrollWidth <= region.clientWidth + 1;
    region.classList.toggle("app-scroll--fits", fits);
    for (const [name, value] of Object.entries({ tabindex: "0", role: "region", "aria-label": label })) {
      if (fits) {
        region.removeAttribute(name);
      } else {
        region.setAttribute(name, value);
      }
    }
  };
  new ResizeObserver(adapt).observe(region);
  adapt();
}

// --- Show and hide a filter ------------------------------------------------------------------------------------

function toggle(button) {
  const panel = document.getElementById(button.getAttribute("aria-controls"));
  if (!panel) {
    return;
  }
  const wide = window.matchMedia("(min-width: 40.0625em)");
  const show = (shown) => {
    panel.hidden = !shown;
    button.setAttribute("aria-expanded", String(shown));
    button.textContent = shown ? button.dataset.appHide : button.dataset.appShow;
  };
  const adapt = () => {
    button.hidden = wide.matches;
    show(wide.matches);
  };
  button.addEventListener("click", () => show(panel.hidden));
  wide.addEventListener("change", adapt);
  adapt();
}

// --- Keep a live page fresh -------------------------------------------------------------------------------------

/** Replaces an element, and gives the keyboard's focus back to the same link if it was inside. */
function swap(current, next) {
  const focused = current.contains(document.activeElement) ? document.activeElement : null;
  const links = (element) => Array.from(element.querySelectorAll("a[href], button, [tabindex]"));
  const position = focused ? links(current).indexOf(focused) : -1;
  const sideways = current.querySelector(".app-scroll")?.scrollLeft ?? 0;
  current.replaceWith(next);
  enhance(next);
  const region = next.querySelector(".app-scroll");
  if (region) {
    region.scrollLeft = sideways;
  }
  links(next)[position]?.focus({ preventScroll: true });
}

/** Fetches the page and swaps its live part, so that a network fault leaves the last good state on the screen. */
function refresh(control) {
  const seconds = Math.max(5, Number(control.dataset.appRefresh) || 60);
  const live = control.dataset.appLive ?? "main-content";
  const button = control.querySelector("button");
  const status = control.querySelector("[role=status]");
  const usual = status.textContent;
  let known = document.getElementById(live)?.innerHTML;
  let updated = new Date();
  let paused = false;

  const update = async () => {
    if (paused || document.hidden) {
      return;
    }
    try {
      const response = await fetch(window.location.href, { cache: "no-store", signal: AbortSignal.timeout(20000) });
      if (!response.ok) {
        throw new Error(String(response.status));
      }
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const next = page.getElementById(live);
      const current = document.getElementById(live);
      if (paused || !next || !current) {
        return;
      }
      if (next.innerHTML !== known) {
        known = next.innerHTML;
        swap(current, document.adoptNode(next));
        document.title = page.title;
      }
      updated = new Date();
      if (status.textContent !== usual) {
        status.textContent = usual;
      }
      control.classList.remove("app-refresh--stale");
    } catch {
      const time = updated.toLocaleTimeString(`${document.documentElement.lang}-GB`, { hour: "2-digit", minute: "2-digit" });
      status.textContent = fill(control.dataset.appStale, { time });
      control.classList.add("app-refresh--stale");
    }
  };
  setInterval(update, seconds * 1000);
  document.addEventListener("visibilitychange", update);

  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? control.dataset.appResume : control.dataset.appPause;
    status.textContent = paused ? control.dataset.appPaused : usual;
    update();
  });
}

/** Everything that a part of a page may hold. */
function enhance(part) {
  part.querySelectorAll("[data-module=app-list-search]").forEach(searchList);
  part.querySelectorAll("table[data-module=app-sortable-table]").forEach(sortableTable);
  part.querySelectorAll(".app-scroll, .app-list-scroll").forEach(scrollRegion);
  part.querySelectorAll("[data-app-toggle]").forEach(toggle);
}

// A live page is read as it was sent, before anything is added to it.
document.querySelectorAll("[data-app-refresh]").forEach(refresh);
enhance(document);

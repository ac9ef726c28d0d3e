// What the pages do beyond HTML: search in a list, show and hide a filter, refresh a screen. All of it is optional.
import { initAll } from "./govuk-frontend.min.js";

initAll();

// --- Search in a list -------------------------------------------------------------------------------------------

/** Takes the marks of the last search away again. */
function unmark(row) {
  for (const mark of row.querySelectorAll("mark.app-search__mark")) {
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
      mark.className = "app-search__mark";
      found.replaceWith(mark);
      mark.append(found);
      text = rest;
      at = text.data.toLowerCase().indexOf(word);
    }
  }
}

function searchCases(box) {
  const target = document.getElementById(box.dataset.appSearch);
  const input = box.querySelector("input");
  const status = box.querySelector("[role=status]");
  if (!target || !input || !status) {
    return;
  }
  const rows = Array.from(target.querySelectorAll("[data-app-row]"), (row) => ({
    row,
    text: row.textContent.toLowerCase(),
  }));
  const search = () => {
    const word = input.value.trim().toLowerCase();
    let count = 0;
    for (const { row, text } of rows) {
      const shown = text.includes(word);
      unmark(row);
      row.hidden = !shown;
      if (shown) {
        count += 1;
        if (word.length > 1) {
          mark(row, word);
        }
      }
    }
    status.textContent = word ? box.dataset.appFound.replace("{count}", count) : "";
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

// --- Refresh a screen ------------------------------------------------------------------------------------------

/** Fetches the page and swaps its main part, so that a network fault leaves the last good state on the screen. */
function refresh(control) {
  const seconds = Math.max(10, Number(control.dataset.appRefresh) || 60);
  const button = control.querySelector("button");
  const status = control.querySelector("[role=status]");
  const usual = status.textContent;
  let updated = new Date();
  let paused = false;

  const update = async () => {
    if (paused) {
      return;
    }
    try {
      const response = await fetch(window.location.href, { cache: "no-store", signal: AbortSignal.timeout(20000) });
      if (!response.ok) {
        throw new Error(String(response.status));
      }
      const next = new DOMParser().parseFromString(await response.text(), "text/html");
      const main = next.getElementById("main-content");
      if (paused || !main) {
        return;
      }
      document.getElementById("main-content").replaceWith(document.adoptNode(main));
      document.title = next.title;
      updated = new Date();
      if (status.textContent !== usual) {
        status.textContent = usual;
      }
      control.classList.remove("app-screen__refresh--stale");
    } catch {
      const time = updated.toLocaleTimeString(`${document.documentElement.lang}-GB`, { hour: "2-digit", minute: "2-digit" });
      status.textContent = control.dataset.appStale.replace("{time}", time);
      control.classList.add("app-screen__refresh--stale");
    }
  };
  setInterval(update, seconds * 1000);

  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? control.dataset.appResume : control.dataset.appPause;
    if (!paused) {
      update();
    }
  });
}

for (const box of document.querySelectorAll("[data-app-search]")) {
  searchCases(box);
}
for (const button of document.querySelectorAll("[data-app-toggle]")) {
  toggle(button);
}
for (const control of document.querySelectorAll("[data-app-refresh]")) {
  refresh(control);
}

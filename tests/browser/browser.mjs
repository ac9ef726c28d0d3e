// Starts the browser, and opens it for a reader: one person, one window, with or without JavaScript.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "../../scripts/node_modules/playwright-core/index.mjs";
import { Reader } from "./reader.mjs";

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];
/** The tests need neither a sandbox around their own pages nor anything a browser fetches for itself. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser's program: `CHROMIUM_PATH`, else the first of the usual names on the PATH. */
function program() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  const path = process.env.CHROMIUM_PATH || found;
  if (!path) {
    throw new Error(`no browser: install ${PROGRAMS[0]}, or set CHROMIUM_PATH`);
  }
  return path;
}

/** A browser of the system under test. */
export class Browser {
  #browser;
  #system;
  #visitors = [];

  static async start(system) {
    const browser = new Browser();
    browser.#browser = await chromium.launch({ executablePath: program(), args: ARGUMENTS });
    browser.#system = system;
    return browser;
  }

  /** Lets a reader do something; afterwards fails if a page reported an error that the reader could not see. */
  async reader({ script = true, width = 1280, height = 900 }, act) {
    const context = await this.#browser.newContext({ viewport: { width, height }, javaScriptEnabled: script, acceptDownloads: true });
    try {
      const reader = new Reader(this.#system, await context.newPage());
      await act(reader);
      reader.then_no_page_reported_an_error();
    } finally {
      await context.close();
    }
  }

  /** The same for a reader who has been to other pages before: the window is open and the site's files are at hand. */
  async visitor({ width = 1280, height = 900 }, act) {
    const visitor = this.#visitors.pop() ?? new Reader(this.#system, await (await this.#browser.newContext()).newPage());
    await visitor.page.setViewportSize({ width, height });
    await act(visitor);
    visitor.then_no_page_reported_an_error();
    // One who met a failure does not come again.
    this.#visitors.push(visitor);
  }

  close() {
    return this.#browser.close();
  }
}

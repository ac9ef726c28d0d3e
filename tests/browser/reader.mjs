// What a reader does (`when_…`) and what they then find (`then_…`): the words that the journeys are told in.
import assert from "node:assert/strict";

/** A reader at one window. */
export class Reader {
  #system;
  #troubles = [];

  constructor(system, page) {
    this.#system = system;
    this.page = page;
    page.setDefaultTimeout(8000);
    page.on("pageerror", (error) => this.#troubles.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      // The browser also reports a page that is rightly a 404; what a page loads must be there.
      const isPageItself = message.text().startsWith("Failed to load resource") && message.location().url === page.url();
      if (message.type() === "error" && !isPageItself && !this.expects_failures) {
        this.#troubles.push(`${page.url()}: ${message.text()}`);
      }
    });
  }

  /** The address of the first page. */
  get home() {
    return this.#system.app;
  }

  // --- What a reader does

  async when_opens(path) {
    return this.page.goto(this.#system.address(path));
  }

  async when_follows(name) {
    await this.when_clicks(this.page.getByRole("link", { name, exact: typeof name === "string" }).first());
  }

  async when_presses(name) {
    await this.when_clicks(this.page.getByRole("button", { name }));
  }

  /** Clicks, and waits until the page that this may have led to is there as a whole: a click ends when its first byte is. */
  async when_clicks(place) {
    await place.click();
    await this.page.waitForLoadState();
  }

  async when_chooses(label) {
    await this.page.getByLabel(label, { exact: true }).check();
  }

  async when_types(label, text) {
    await this.page.getByLabel(label).fill(text);
  }

  async when_hits(key, times = 1) {
    for (let time = 0; time < times; time += 1) {
      await this.page.keyboard.press(key);
    }
  }

  /** Presses Enter on what leads to another page, and waits for it. */
  async when_enters() {
    await Promise.all([this.page.waitForEvent("load"), this.page.keyboard.press("Enter")]);
  }

  /** Goes on with the Tab key until something of that name has the focus, which must be seen at every stop. */
  async when_tabs_to(name, most = 60) {
    const stops = [];
    for (let stop = 0; stop < most; stop += 1) {
      await this.page.keyboard.press("Tab");
      const here = await this.then_focus_is_seen();
      if (here.includes(name)) {
        return;
      }
      stops.push(here);
    }
    assert.fail(`the Tab key does not lead to ${name}, but to ${stops.join(" | ")}`);
  }

  // --- What they find

  async then_heading_is(text) {
    await this.page.getByRole("heading", { level: 1, name: text, exact: typeof text === "string" }).waitFor();
  }

  async then_sees(text) {
    await this.page.getByText(text).locator("visible=true").first().waitFor();
  }

  async then_does_not_see(text) {
    await this.page.getByText(text).locator("visible=true").first().waitFor({ state: "detached" });
  }

  async then_sees_link(name) {
    await this.page.getByRole("link", { name, exact: typeof name === "string" }).first().waitFor();
  }

  async then_sees_no_link(name) {
    assert.equal(await this.page.getByRole("link", { name, exact: true }).count(), 0, `there is a link ${name}`);
  }

  async then_title_begins(text) {
    assert.ok((await this.page.title()).startsWith(text), `the title is ${await this.page.title()}`);
  }

  then_address_is(path) {
    const { pathname, search } = new URL(this.page.url());
    assert.equal(pathname + search, path);
  }

  async then_language_is(language) {
    assert.equal(await this.page.locator("html").getAttribute("lang"), language);
  }

  /** The page is no wider than the window: nobody scrolls in two directions to read a line. */
  async then_page_fits_the_window() {
    const [width, room] = await this.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(width <= room, `${this.page.url()} is ${width} pixels wide in a window of ${room}`);
  }

  /** What has the focus is in the window, covered by nothing, and looks focused. Answers its name. */
  async then_focus_is_seen() {
    const { name, problem } = await this.page.evaluate(() => {
      const element = document.activeElement ?? document.body;
      const name = (element.labels?.[0]?.textContent ?? element.textContent).replaceAll(/\s+/g, " ").trim();
      if (element === document.body) {
        return { name: "", problem: null };
      }
      const looks = (style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
      const box = element.labels?.[0] ? getComputedStyle(element.labels[0], "::before") : null;
      if (!looks(getComputedStyle(element)) && !(box && looks(box))) {
        return { name, problem: "does not look focused" };
      }
      const { left, right, top, bottom } = element.getClientRects()[0] ?? element.getBoundingClientRect();
      const [x, y] = [(Math.max(left, 0) + Math.min(right, innerWidth)) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2];
      const above = document.elementFromPoint(x, y);
      const own = [element, ...(element.labels ?? [])];
      const seen = above && own.some((part) => part.contains(above) || above.contains(part));
      return { name, problem: seen ? null : "is out of sight" };
    });
    assert.equal(problem, null, `${this.page.url()}: ${name.slice(0, 60)} ${problem}`);
    return name;
  }

  /** Neither an error of a script, nor a rule of the content security policy broken, nor a file that is not there. */
  then_no_page_reported_an_error() {
    assert.deepEqual(this.#troubles, []);
  }
}

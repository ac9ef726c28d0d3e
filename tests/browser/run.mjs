// Browser tests of the running service. `node tests/browser/run.mjs [words of a test's name]`; see README.md.
import { Browser } from "./browser.mjs";
import { publishAll } from "./demo.mjs";
import { findSystem } from "./find_system.mjs";
import { Suite } from "./suite.mjs";
import findCourt from "./journeys/find_court.mjs";
import keyboard from "./journeys/keyboard.mjs";
import language from "./journeys/language.mjs";
import lists from "./journeys/lists.mjs";
import log from "./journeys/log.mjs";
import pages from "./journeys/pages.mjs";
import screens from "./journeys/screens.mjs";

const { system, stop } = await findSystem();
let browser;
let good = false;
try {
  const published = await publishAll(system);
  browser = await Browser.start(system);
  const suite = new Suite();
  for (const tell of [findCourt, lists, screens, language, keyboard, pages, log]) {
    tell(suite, browser, published, system);
  }
  good = await suite.run(process.argv[2]);
} catch (error) {
  console.error(error);
  console.log("0 passed, 1 failed");
} finally {
  await browser?.close();
  await stop();
}
process.exitCode = good ? 0 : 1;

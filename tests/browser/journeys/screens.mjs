// Live updates: the screen outside the courtrooms, the page for readers, and the glossary they lead to.
import assert from "node:assert/strict";
import { COURT, rooms } from "../demo.mjs";

export default function (suite, browser, published, system) {
  const screen = published.screens.busy;

  suite.test("a screen updates itself, pauses and goes on", () =>
    browser.reader({ width: 1920, height: 1080 }, async (reader) => {
      await reader.page.clock.install();
      await reader.when_opens(screen);
      await reader.then_heading_is(COURT.name);
      await reader.then_sees("Evidence in Chief");
      await reader.then_sees(/^Last updated by the court at \d/);

      await system.publishLiveStatus(rooms("Prosecution Closing Speech"));
      await reader.page.clock.runFor("00:20");
      await reader.then_sees("Prosecution Closing Speech");

      await reader.when_presses("Pause updates");
      await reader.then_sees("Updates are paused.");
      await system.publishLiveStatus(rooms("Defence Closing Speech"));
      await reader.page.clock.runFor("01:00");
      await reader.then_sees("Prosecution Closing Speech");

      await reader.when_presses("Resume updates");
      await reader.then_sees("Defence Closing Speech");
    }));

  suite.test("a screen that cannot be updated keeps what it has and says since when", () =>
    browser.reader({ width: 1920, height: 1080 }, async (reader) => {
      await reader.page.clock.install();
      await reader.when_opens(screen);
      await reader.then_sees("Wetherfold");
      reader.expects_failures = true;
      await reader.page.route(`**${screen}`, (route) => route.abort());
      await reader.page.clock.runFor("00:20");
      await reader.then_sees(/^This page could not be updated\. Last updated at \d/);
      await reader.then_sees("Wetherfold");
      await reader.page.unroute(`**${screen}`);
      await reader.page.clock.runFor("00:20");
      await reader.then_sees(/^This page updates every/);
    }));

  suite.waits("a screen reloads itself without JavaScript", () =>
    browser.reader({ script: false, width: 1920, height: 1080 }, async (reader) => {
      await reader.when_opens(screen);
      const seconds = parseInt(await reader.page.locator("meta[http-equiv=refresh]").getAttribute("content"), 10);
      assert.ok(seconds > 0 && seconds <= 60, `every ${seconds} seconds`);
      await reader.page.waitForEvent("load", { timeout: (seconds + 15) * 1000 });
      await reader.then_heading_is(COURT.name);
    }));

  suite.looks("a reader without JavaScript stops the updates of a live page and lets them go on", () =>
    browser.reader({ script: false }, async (reader) => {
      const reload = reader.page.locator("meta[http-equiv=refresh]");
      const path = `/live-case-status?locationId=${COURT.id}`;
      await reader.when_opens(path);
      assert.equal(await reload.count(), 1);
      // A link of `noscript` has no role for the tests' tools, though the browser shows it.
      await reader.when_clicks(reader.page.locator("noscript a"));
      await reader.then_sees("Updates are paused.");
      assert.equal(await reload.count(), 0);
      await reader.when_follows("Resume updates");
      await reader.then_sees(/^This page updates every/);
      reader.then_address_is(path);
    }));

  suite.waits("a screen that meets an error without JavaScript comes back by itself", () =>
    browser.reader({ script: false, width: 1920, height: 1080 }, async (reader) => {
      reader.expects_failures = true;
      await reader.when_opens(screen);
      const error = await fetch(system.address("/in-court/none"));
      const answer = { status: 503, headers: Object.fromEntries(error.headers), body: await error.text() };
      const seconds = parseInt(answer.headers.refresh, 10);
      assert.ok(seconds > 0 && seconds <= 60, `every ${seconds} seconds`);
      await reader.page.route(`**${screen}`, (route) => route.fulfill(answer), { times: 1 });
      const reload = () => reader.page.waitForEvent("load", { timeout: (seconds + 15) * 1000 });
      await reload();
      await reader.then_heading_is("Page not found");
      await reload();
      await reader.then_heading_is(COURT.name);
    }));

  suite.test("a screen can be read across a room and fits without scrolling", () =>
    browser.reader({ width: 1920, height: 1080 }, async (reader) => {
      await reader.when_opens(screen);
      const size = await reader.page.locator(".app-screen__table td").first().evaluate((cell) => parseFloat(getComputedStyle(cell).fontSize));
      assert.ok(size >= 32, `its type is ${size} pixels high`);
      const room = await reader.page.evaluate(() => [document.documentElement.scrollHeight, innerHeight]);
      assert.ok(room[0] <= room[1], `it is ${room[0]} pixels high on a screen of ${room[1]}`);
    }));

  suite.test("a screen whose data is old says so", () =>
    browser.reader({ width: 1920, height: 1080 }, async (reader) => {
      await reader.when_opens(published.screens.silent);
      await reader.then_sees("No update has arrived for some time.");
    }));

  suite.test("the page of live updates keeps the keyboard's place when it updates", () =>
    browser.reader({}, async (reader) => {
      await reader.page.clock.install();
      await system.publishLiveStatus(rooms("Evidence in Chief"));
      await reader.when_opens(`/live-case-status?locationId=${COURT.id}`);
      await reader.page.getByRole("link", { name: "Evidence in Chief" }).focus();
      await system.publishLiveStatus(rooms("Bail Application"));
      await reader.page.clock.runFor("00:20");
      await reader.then_sees_link("Bail Application");
      assert.equal(await reader.page.evaluate(() => document.activeElement.textContent), "Bail Application");
    }));

  for (const script of [true, false]) {
    suite.test(`a status leads to its entry in the glossary and back${script ? "" : ", without JavaScript"}`, () =>
      browser.reader({ script, height: 500 }, async (reader) => {
        await reader.when_opens("/view-option");
        await reader.when_chooses("See live hearing updates");
        await reader.when_presses("Continue");
        await reader.when_follows(COURT.name);
        await reader.when_clicks(reader.page.locator("#live a").first());
        const entry = reader.page.locator(".govuk-table__row:target");
        await entry.waitFor();
        const top = await entry.evaluate((row) => row.getBoundingClientRect().top);
        assert.ok(top > -1 && top < 500, `the entry is ${top} pixels down`);
        await reader.when_follows("Back");
        await reader.then_heading_is(`Live hearing updates - ${COURT.name}`);
      }));
  }
}

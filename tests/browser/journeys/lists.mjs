// A list page: searching it, sorting it, and the files that are lists.
import assert from "node:assert/strict";

/** The texts of a column's cells that are shown, from the top. */
function column(reader, index) {
  const cells = reader.page.locator(`.app-list-table tbody > tr:not(.app-list-below) > td:nth-child(${index + 1})`);
  return cells.locator("visible=true").allTextContents();
}

export default function (suite, browser, published) {
  suite.looks("a search in a list leaves the hearings that match", () =>
    browser.reader({}, async (reader) => {
      await reader.when_opens(published.lists.CIVIL_DAILY_CAUSE_LIST);
      const all = await column(reader, 2);
      await reader.when_types("Search Cases", "okonjo");
      await reader.then_sees("1 found");
      assert.deepEqual(await column(reader, 2), ["Thornbury Homes v Okonjo"]);
      assert.deepEqual(await reader.page.locator("mark").allTextContents(), ["Okonjo"]);
      await reader.then_does_not_see("Court 2");
      await reader.when_types("Search Cases", "no such case");
      await reader.then_sees("No cases match. Check the spelling.");
      await reader.when_types("Search Cases", "");
      await reader.then_does_not_see("No cases match. Check the spelling.");
      assert.deepEqual(await column(reader, 2), all);
    }));

  suite.looks("a search finds cards, and rows by the facts below them", () =>
    browser.reader({}, async (reader) => {
      await reader.when_opens(published.lists.MAGISTRATES_STANDARD_LIST);
      await reader.when_types("Search Cases", "bicycle");
      await reader.then_sees("1 found");
      assert.equal(await reader.page.locator(".govuk-summary-card").locator("visible=true").count(), 1);
      await reader.when_opens(published.lists.MAGISTRATES_PUBLIC_LIST);
      await reader.when_types("Search Cases", "using a vehicle");
      await reader.then_sees("1 found");
      assert.deepEqual(await column(reader, 1), ["43XX0100226"]);
      await reader.then_sees("Using a vehicle without insurance");
    }));

  suite.looks("a table is sorted by a column, both ways, and says so", () =>
    browser.reader({}, async (reader) => {
      await reader.when_opens(published.lists.SJP_PUBLIC_LIST);
      const names = await column(reader, 0);
      assert.ok(names.length > 2);
      await reader.when_presses("Name");
      const header = reader.page.getByRole("columnheader", { name: "Name" });
      assert.equal(await header.getAttribute("aria-sort"), "ascending");
      await reader.page.getByRole("status").filter({ hasText: "Sorted by Name, ascending" }).waitFor({ state: "attached" });
      const sorted = [...names].sort((one, other) => one.localeCompare(other, "en"));
      assert.deepEqual(await column(reader, 0), sorted);
      await reader.when_presses("Name");
      assert.equal(await header.getAttribute("aria-sort"), "descending");
      assert.deepEqual(await column(reader, 0), sorted.reverse());
    }));

  for (const script of [true, false]) {
    suite.looks(`a reader narrows a single justice list and clears it again${script ? "" : ", without JavaScript"}`, () =>
      browser.reader({ script }, async (reader) => {
        const list = published.lists.SJP_PUBLIC_LIST;
        await reader.when_opens(list);
        const all = await column(reader, 0);
        await reader.when_chooses("B1");
        await reader.when_chooses("SE");
        await reader.when_presses("Apply filters");
        await reader.then_address_is(`${list}&postcode=b1&postcode=se`);
        assert.deepEqual(await column(reader, 0), all.filter((name) => !name.includes("Thistlewood")));
        await reader.when_chooses("Transport for London");
        await reader.when_presses("Apply filters");
        assert.deepEqual(await column(reader, 0), ["Corvid Couriers Limited"]);
        await reader.when_follows(/^Remove filter Transport for London/);
        assert.equal((await column(reader, 0)).length, all.length - 1);
        await reader.when_follows("Clear filters");
        await reader.then_address_is(list);
        assert.deepEqual(await column(reader, 0), all);
      }));
  }

  suite.looks("times are sorted as times, and rows keep the facts below them", () =>
    browser.reader({}, async (reader) => {
      await reader.when_opens(published.lists.MAGISTRATES_PUBLIC_LIST);
      await reader.when_presses("Sitting at");
      await reader.when_presses("Sitting at");
      assert.equal((await column(reader, 0))[0], "2pm");
      const groups = await reader.page.locator("tbody.app-list-row").allInnerTexts();
      assert.ok(groups.some((text) => text.includes("43XX0100226") && text.includes("Using a vehicle without insurance")));
    }));

  suite.looks("a list needs no JavaScript to be read", () =>
    browser.reader({ script: false }, async (reader) => {
      await reader.when_opens(published.lists.CIVIL_DAILY_CAUSE_LIST);
      await reader.then_sees("Thornbury Homes v Okonjo");
      assert.equal(await reader.page.getByLabel("Search Cases").isVisible(), false);
      assert.equal(await reader.page.getByRole("columnheader").getByRole("button").count(), 0);
    }));

  suite.looks("an uploaded HTML file is saved, not shown", () =>
    browser.reader({}, async (reader) => {
      await reader.when_opens("/summary-of-publications?locationId=1");
      const saved = reader.page.waitForEvent("download");
      await reader.when_follows(/^Civil and Family Daily Cause List .*\(file\)/);
      assert.equal((await saved).suggestedFilename(), "list.html");
      reader.then_address_is("/summary-of-publications?locationId=1");
    }));

  suite.looks("an uploaded HTML file cannot run a script even where it is shown", () =>
    browser.reader({}, async (reader) => {
      const answer = await reader.page.request.get(new URL(published.file, reader.home).href);
      const { "content-disposition": disposition, "content-security-policy": policy, "x-content-type-options": sniffing } = answer.headers();
      assert.match(disposition, /^attachment/);
      assert.match(policy, /(^|;)\s*sandbox\s*(;|$)/);
      assert.equal(sniffing, "nosniff");
      // A browser that is made to show it refuses the script, and says so.
      reader.expects_failures = true;
      await reader.page.route("**/file-publication**", async (route) => {
        const response = await route.fetch();
        const headers = response.headers();
        delete headers["content-disposition"];
        await route.fulfill({ response, headers });
      });
      await reader.when_opens(published.file);
      await reader.then_sees("A list as a file");
      assert.equal(await reader.page.title(), "A file");
      assert.equal(await reader.page.evaluate(() => window.origin), "null");
    }));
}

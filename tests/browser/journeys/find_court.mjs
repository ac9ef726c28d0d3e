// Journeys to a court: by the choice of what to do, by search, by the A to Z list and its filters.
import assert from "node:assert/strict";
import { COURT } from "../demo.mjs";

export default function (suite, browser) {
  for (const script of [true, false]) {
    const how = script ? "" : ", without JavaScript";

    suite.looks(`a reader goes from home to a list${how}`, () =>
      browser.reader({ script }, async (reader) => {
        await reader.when_opens("/");
        await reader.when_presses("Start now");
        await reader.then_heading_is("What do you want to do?");
        await reader.when_presses("Continue");
        await reader.then_title_begins("Error: ");
        await reader.then_sees_link("Select what you want to do");
        await reader.when_chooses("Find a court or tribunal");
        await reader.when_presses("Continue");
        await reader.when_types("What court or tribunal are you interested in?", "oxford combined");
        await reader.when_presses("Continue");
        await reader.then_heading_is(`What do you want to view from ${COURT.name}?`);
        await reader.when_follows(/^Civil Daily Cause List .* English/);
        await reader.then_heading_is(`Civil Daily Cause List for ${COURT.name}`);
        await reader.then_sees("Thornbury Homes v Okonjo");
      }));

    suite.looks(`a search leads to one court, lists several, and explains none${how}`, () =>
      browser.reader({ script }, async (reader) => {
        await reader.when_opens("/search");
        await reader.when_types("What court or tribunal are you interested in?", "crown court");
        await reader.when_presses("Continue");
        await reader.then_sees_link("Birmingham Crown Court");
        await reader.then_sees_link("Cardiff Crown Court");
        await reader.when_types("What court or tribunal are you interested in?", "Atlantis");
        await reader.when_presses("Continue");
        await reader.then_title_begins("Error: ");
        await reader.then_heading_is("What court or tribunal are you interested in?");
        assert.equal(await reader.page.getByLabel("What court or tribunal").inputValue(), "Atlantis");
        await reader.when_types("What court or tribunal are you interested in?", "cardiff crown court");
        await reader.when_presses("Continue");
        await reader.then_address_is("/summary-of-publications?locationId=6");
      }));

    suite.looks(`a reader narrows the A to Z list and clears it again${how}`, () =>
      browser.reader({ script }, async (reader) => {
        await reader.when_opens("/courts-tribunals-list");
        await reader.when_chooses("Crime");
        await reader.when_chooses("Wales");
        await reader.when_presses("Apply filters");
        await reader.then_address_is("/courts-tribunals-list?jurisdiction=crime&region=wales");
        await reader.then_sees_link("Cardiff Crown Court");
        await reader.then_sees_link("Swansea Magistrates' Court");
        await reader.then_sees_no_link("Birmingham Crown Court");
        await reader.then_sees_no_link("Wales Employment Tribunal");
        await reader.when_chooses("Crown Court");
        await reader.when_presses("Apply filters");
        await reader.then_sees_link("Cardiff Crown Court");
        await reader.then_sees_no_link("Swansea Magistrates' Court");
        await reader.when_follows(/^Remove filter Wales/);
        await reader.then_sees_link("Birmingham Crown Court");
        await reader.then_sees_link(/^Remove filter Crime/);
        await reader.when_follows("Clear filters");
        await reader.then_address_is("/courts-tribunals-list");
        await reader.then_sees_link("Wales Employment Tribunal");
      }));
  }

  suite.looks("a letter leads to its courts, and one without courts is no link", () =>
    browser.reader({ height: 500 }, async (reader) => {
      await reader.when_opens("/courts-tribunals-list");
      await reader.when_follows("Courts and tribunals beginning with W");
      const top = await reader.page.locator("#W").evaluate((letter) => letter.getBoundingClientRect().top);
      assert.ok(top >= 0 && top < 500, `the letter is ${top} pixels down`);
      await reader.then_sees_no_link("Courts and tribunals beginning with Z");
    }));

  suite.looks("on a phone the filters fold away until they are wanted", () =>
    browser.reader({ width: 360 }, async (reader) => {
      await reader.when_opens("/courts-tribunals-list?region=wales");
      await reader.then_sees_link(/^Remove filter Wales/);
      assert.equal(await reader.page.getByLabel("Crime").isVisible(), false);
      await reader.when_presses("Show filters");
      await reader.when_chooses("Crime");
      assert.equal(await reader.page.getByRole("button", { name: "Hide filters" }).getAttribute("aria-expanded"), "true");
      await reader.when_presses("Apply filters");
      await reader.then_sees_link(/^Remove filter Crime/);
    }));

  suite.looks("a court without lists says so and whom to ask", () =>
    browser.reader({}, async (reader) => {
      await reader.when_opens("/summary-of-publications?locationId=7");
      await reader.then_sees("No lists are published for Swansea Magistrates' Court at the moment.");
      await reader.then_sees_link("swansea.magistrates.court@courts.example.com");
    }));
}

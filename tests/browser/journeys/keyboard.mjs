// The whole way by keyboard alone, with the focus in sight at every stop.
import { COURT, rooms } from "../demo.mjs";

export default function (suite, browser, published, system) {
  suite.looks("a reader goes from home to a list by keyboard alone", () =>
    browser.reader({}, async (reader) => {
      await reader.when_opens("/");
      await reader.when_tabs_to("Skip to main content", 1);
      await reader.when_hits("Enter");
      await reader.when_tabs_to("Start now");
      await reader.when_enters();
      await reader.then_heading_is("What do you want to do?");
      await reader.when_tabs_to("Find a court or tribunal");
      await reader.when_hits("Space");
      await reader.when_tabs_to("Continue");
      await reader.when_enters();
      await reader.when_tabs_to("What court or tribunal");
      await reader.page.keyboard.type("oxford");
      await reader.when_enters();
      await reader.then_heading_is(`What do you want to view from ${COURT.name}?`);
      await reader.when_tabs_to("Civil Daily Cause List");
      await reader.when_enters();
      await reader.then_heading_is(`Civil Daily Cause List for ${COURT.name}`);
    }));

  suite.looks("a reader filters the A to Z list by keyboard alone", () =>
    browser.reader({}, async (reader) => {
      await reader.when_opens("/courts-tribunals-list");
      await reader.when_tabs_to("Tribunal");
      await reader.when_hits("Space");
      await reader.when_enters();
      await reader.then_sees_link(/^Remove filter Tribunal/);
      await reader.when_tabs_to("Clear filters");
      await reader.when_enters();
      await reader.then_address_is("/courts-tribunals-list");
    }));

  suite.looks("the focus is seen at every stop of a list, wide or narrow", async () => {
    for (const [list, width] of [["MAGISTRATES_STANDARD_LIST", 1280], ["CIVIL_DAILY_CAUSE_LIST", 360]]) {
      await browser.reader({ width }, async (reader) => {
        await reader.when_opens(published.lists[list]);
        await reader.when_tabs_to("Back to top", 120);
      });
    }
  });

  suite.test("the focus is not hidden under the bar of a screen with many rooms", () =>
    browser.reader({ width: 1280, height: 720 }, async (reader) => {
      const [busy] = rooms();
      await system.publishLiveStatus(Array.from({ length: 30 }, (_, room) => ({ ...busy, courtRoom: String(room + 1) })));
      await reader.when_opens(published.screens.busy);
      await reader.when_tabs_to("Pause updates");
      await system.publishLiveStatus(rooms());
    }));
}

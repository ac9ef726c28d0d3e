// English and Welsh.
import { COURT } from "../demo.mjs";

export default function (suite, browser, published) {
  for (const script of [true, false]) {
    suite.looks(`the other language keeps the page and is remembered${script ? "" : ", without JavaScript"}`, () =>
      browser.reader({ script }, async (reader) => {
        await reader.when_opens("/courts-tribunals-list?jurisdiction=crime&region=wales");
        await reader.then_language_is("en");
        await reader.when_follows("Cymraeg");
        await reader.then_address_is("/courts-tribunals-list?jurisdiction=crime&region=wales&lng=cy");
        await reader.then_language_is("cy");
        await reader.then_sees_link("Llys y Goron Caerdydd");
        await reader.then_sees_no_link("Llys y Goron Birmingham");
        await reader.when_opens("/search");
        await reader.then_language_is("cy");
        await reader.when_types("Pa lys neu dribiwnlys", "rhydychen");
        await reader.when_presses("Parhau");
        await reader.then_heading_is(`Beth hoffech chi ei weld gan ${COURT.welsh}?`);
        await reader.when_follows("English");
        await reader.then_heading_is(`What do you want to view from ${COURT.name}?`);
      }));
  }

  suite.looks("a list's own words are Welsh on a Welsh page", () =>
    browser.reader({}, async (reader) => {
      await reader.when_opens(`${published.lists.CST_WEEKLY_HEARING_LIST}&lng=cy`);
      await reader.then_language_is("cy");
      await reader.then_sees("Gwybodaeth bwysig");
      await reader.then_does_not_see("Important information");
    }));
}

// What holds for every page in both languages: accessible, no wider than a small phone, its own title, no errors.
import assert from "node:assert/strict";
import { then_page_is_accessible } from "../accessibility.mjs";
import { allPages } from "../demo.mjs";

export default function (suite, browser, published) {
  const pages = allPages(published);

  for (const language of ["en", "cy"]) {
    const titles = new Map();

    for (const { name, path, status, own } of pages) {
      suite.looks(`${name} (${language}) is accessible and fits 320 pixels`, () =>
        browser.visitor({}, async (reader) => {
          const answer = await reader.when_opens(`${path}${path.includes("?") ? "&" : "?"}lng=${language}`);
          assert.equal(answer.status(), status);
          await reader.then_language_is(language);
          const title = await reader.page.title();
          if (own) {
            assert.ok(!titles.has(title), `${titles.get(title)} has the same title: ${title}`);
            titles.set(title, name);
          }
          await then_page_is_accessible(reader.page);
          await reader.page.setViewportSize({ width: 320, height: 640 });
          await reader.then_page_fits_the_window();
        }));
    }
  }

  suite.looks("what is small on a phone can still be hit and read", async () => {
    const names = ["A to Z, filtered", "live updates", "screen", "CIVIL_DAILY_CAUSE_LIST", "MAGISTRATES_STANDARD_LIST", "SJP_PUBLIC_LIST, filtered"];
    for (const { path } of pages.filter(({ name }) => names.includes(name))) {
      await browser.visitor({ width: 320, height: 640 }, async (reader) => {
        await reader.when_opens(path);
        await then_page_is_accessible(reader.page);
      });
    }
  });
}

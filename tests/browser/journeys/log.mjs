// What host and handler logged while all other tests ran: nobody's name, address, question or secret.
import assert from "node:assert/strict";

/** Of the lists, live updates, files and mails that the tests and the demonstration bring in; and what tokens look like. */
const CANARIES = ["Wetherfold", "T20260117", "Ashdown Lettings", "Fairweather", "zzzz", "A list as a file", "amira.demo", "Bearer", "eyJ"];

export default function (suite, browser, published, system) {
  if (process.env.APP_URL) {
    return; // A service elsewhere keeps its log elsewhere.
  }
  suite.ends("the log of it all names nobody", async () => {
    const log = await system.log();
    assert.match(log, /"function":"publication_ingest"/, "the log has lines");
    for (const canary of CANARIES) {
      assert.ok(!log.includes(canary), `${canary} is in the log`);
    }
  });
}

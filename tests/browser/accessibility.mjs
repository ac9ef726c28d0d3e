// The check of a page against WCAG 2.0 to 2.2, levels A and AA, by axe-core. No rule is switched off.
import assert from "node:assert/strict";
import { projectFile } from "./system.mjs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
let axe;

/** Fails with what is wrong, where, and the rule's page. */
export async function then_page_is_accessible(page) {
  axe ??= await projectFile("scripts/node_modules/axe-core/axe.min.js");
  await page.evaluate(axe);
  const found = await page.evaluate(
    // The rule on the size of targets is off in axe unless asked for by name.
    (tags) => window.axe.run(document, { runOnly: { type: "tag", values: tags }, rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] }),
    TAGS,
  );
  const told = found.violations.map(({ id, help, helpUrl, nodes }) => `${id}: ${help} (${helpUrl})\n${nodes.map((node) => `  ${node.html}\n  ${node.failureSummary}`).join("\n")}`);
  assert.equal(told.length, 0, `${page.url()}\n${told.join("\n")}`);
}

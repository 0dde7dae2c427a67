// Loads reports from disk, as somebody does who opens a CI artefact, and uses them: filter, theme, keyboard, links, copy.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [conformant, deviating] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** Opens a report; whatever it says on the console, throws or requests from elsewhere is a failure. */
async function open(file, options = {}) {
  const context = await browser.newContext({ bypassCSP: false, ...options });
  const page = await context.newPage();
  const trouble = [];
  page.on("pageerror", (error) => trouble.push(`error: ${error}`));
  page.on("console", (message) => { if (message.type() === "error") trouble.push(`console: ${message.text()}`); });
  page.on("request", (request) => { if (!request.url().startsWith("file:")) trouble.push(`request: ${request.url()}`); });
  await page.goto(pathToFileURL(file).href);
  return { context, page, trouble };
}

/** Serious findings of the accessibility audit, in one colour scheme. */
async function audit(file, colorScheme) {
  const { context, page } = await open(file, { bypassCSP: true, colorScheme });
  for (const details of await page.locator("details").elementHandles()) await details.evaluate((node) => { node.open = true; });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`), [], `${file} in ${colorScheme}`);
  await context.close();
}

const visibleRows = (page) => page.locator("#requirements tbody tr:visible").count();

for (const file of [conformant, deviating]) {
  const { context, page, trouble } = await open(file);
  // The first stop of the keyboard leads past the head.
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");

  const all = await visibleRows(page);
  assert(all > 100, `${all} requirements`);

  // The filter narrows, says how many are left, and forgets on reset.
  await page.fill("#filter [name=text]", "sensitive");
  const some = await visibleRows(page);
  assert(some > 0 && some < all, `${some} of ${all}`);
  assert.equal(await page.textContent("#filter output"), `${some} of ${all} requirements`);
  await page.selectOption("#filter [name=level]", "must");
  assert((await visibleRows(page)) <= some);
  await page.fill("#filter [name=text]", "no such words");
  assert.equal(await visibleRows(page), 0);
  await page.click("#filter [type=reset]");
  await page.waitForFunction((all) => document.querySelector("#filter output").textContent === `${all} requirements`, all);
  assert.equal(await visibleRows(page), all);

  // The theme is switched by the keyboard, and is said to be.
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.focus("#theme");
  await page.keyboard.press("Enter");
  assert.notEqual(await paper(), light);
  assert.equal(await page.getAttribute("#theme", "aria-pressed"), "true");

  assert.deepEqual(trouble, [], file);
  await context.close();
  for (const scheme of ["light", "dark"]) await audit(file, scheme);
}

{
  const { context, page, trouble } = await open(deviating);
  // A broken requirement leads to its deviation, folded or not.
  const standing = page.locator("#requirements tr[data-standing=broken] a");
  assert((await standing.count()) >= 2);
  const last = standing.last();
  const target = (await last.getAttribute("href")).slice(1);
  await last.click();
  await page.waitForFunction((id) => document.getElementById(id).open, target);

  // Every exchange that shows a deviation can be repeated.
  const finding = page.locator("details.finding.bad[open]").first();
  assert.match(await finding.locator(".curl code").first().textContent(), /^curl .*\$TFE/);
  const copy = finding.locator("button.copy").first();
  await copy.click();
  // The clipboard answers when it likes.
  await copy.filter({ hasText: /Copied|Selected/ }).waitFor();
  assert.deepEqual(trouble, []);
  await context.close();
}

{
  // Without scripts nothing is lost but the filter and the switch.
  const { context, page } = await open(deviating, { javaScriptEnabled: false });
  assert.match(await page.textContent("h1 >> nth=0"), /^http/);
  assert(!(await page.isVisible("#filter")) && !(await page.isVisible("#theme")));
  assert(await page.isVisible("details.finding.bad"));
  await context.close();
}

await browser.close();
console.log("The report works in the browser.");

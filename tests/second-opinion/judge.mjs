// Holds generated documents against the schema files with ajv: valid ones must pass, mutants must fail
// where their label says.
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { join, relative } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [schemas, generated] = process.argv.slice(2);
const ajv = new Ajv2020({ allErrors: true, strict: false, unicodeRegExp: true });
addFormats(ajv);
ajv.addKeyword("x-requirement");
ajv.addKeyword("x-sensitive");

const ids = readdirSync(schemas, { recursive: true })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".json") && !file.endsWith("openapi.json"))
  .map((file) => file.slice(0, -".json".length));
for (const id of ids) {
  ajv.addSchema(JSON.parse(readFileSync(join(schemas, `${id}.json`), "utf8")), `set:///${id}.json`);
}

const lines = (file) => readFileSync(join(generated, file), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
// Keywords that ajv reports beside the one inside that failed.
const around = new Set(["if", "propertyNames"]);
const subject = (error) =>
  ["required", "dependentRequired"].includes(error.keyword)
    ? `${error.instancePath}/${error.params.missingProperty.replaceAll("~", "~0").replaceAll("/", "~1")}`
    : error.instancePath;

let disagreements = 0;
let judged = 0;
const disagree = (id, what, document) => {
  disagreements += 1;
  if (disagreements <= 20) console.error(`${id}: ${what}: ${JSON.stringify(document)}`);
};
for (const id of ids.sort()) {
  if (!existsSync(join(generated, `${id}.valid`))) throw new Error(`${id}: nothing was generated`);
  const validate = ajv.getSchema(`set:///${id}.json`);
  for (const document of lines(`${id}.valid`)) {
    judged += 1;
    if (!validate(document)) disagree(id, `refused: ${ajv.errorsText(validate.errors)}`, document);
  }
  for (const { document, pointer, keyword } of lines(`${id}.invalid`)) {
    judged += 1;
    if (validate(document)) {
      disagree(id, `accepted, though ${keyword} at ${pointer} is broken`, document);
      continue;
    }
    // Branches of a combinator are reported beside it: then the combinator itself must be there.
    const combinator = ["anyOf", "oneOf", "not", "contains", "propertyNames"].includes(keyword);
    const others = validate.errors.filter((error) => subject(error) !== pointer && !around.has(error.keyword));
    const there = validate.errors.some((error) => subject(error) === pointer);
    if (!there || (others.length > 0 && !combinator)) {
      disagree(id, `${keyword} at ${pointer}, but found ${ajv.errorsText(validate.errors)}`, document);
    }
  }
}
console.log(`${ids.length} schemas, ${judged} documents and mutants judged, ${disagreements} disagreements`);
process.exit(disagreements === 0 && judged > 0 ? 0 : 1);

// Writes schema.json: the shape from the zod schemas, the words from the docstrings of the types that people use; and
// doctor-report.schema.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

const root = new URL('../', import.meta.url);

const SOURCES = [
  'src/config/types.ts',
  'src/config/upstream-options.ts',
  'src/actions/proxy/options.ts',
  'src/actions/guard/options.ts',
  'src/actions/files/options.ts',
  'src/actions/redirect/options.ts',
  'src/actions/respond/options.ts',
  'src/features/access/options.ts',
  'src/features/body-limit/options.ts',
  'src/features/cross-site/options.ts',
  'src/features/maintenance/options.ts',
  'src/cors/options.ts',
  'src/features/auth/options.ts',
];

/** The text of schema.json. */
export async function generateSchema() {
  const jiti = createJiti(import.meta.url);
  const { toJsonSchema } = await jiti.import(fileURLToPath(new URL('src/config/schema/json-schema.ts', root)));
  const texts = SOURCES.map((source) => readFileSync(new URL(source, root), 'utf8'));
  return `${JSON.stringify(toJsonSchema(readDocstrings(texts)), undefined, 2)}\n`;
}

/** The text of doctor-report.schema.json. */
export async function generateReportSchema() {
  const jiti = createJiti(import.meta.url);
  const { reportJsonSchema } = await jiti.import(fileURLToPath(new URL('src/doctor/report/schema.ts', root)));
  return `${JSON.stringify(reportJsonSchema(), undefined, 2)}\n`;
}

/** Docstrings by `Interface` and `Interface.property`, inherited ones included. */
function readDocstrings(texts) {
  const interfaces = new Map();
  const found = new Map();
  for (const text of texts) {
    const declarations = text.matchAll(
      /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export interface (\w+)(?:\s+extends\s+([^{]+?))?\s*\{([\s\S]*?)\n\}/g,
    );
    for (const [, doc, name, parents = '', body] of declarations) {
      const properties = new Map();
      for (const [, own, property] of body.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*readonly (\w+)\??:/g)) {
        properties.set(property, plain(own));
      }
      interfaces.set(name, { parents: parents.split(',').map((parent) => parent.trim()), properties });
      found.set(name, plain(doc));
    }
  }
  for (const name of interfaces.keys()) {
    for (const [property, doc] of inherited(name, interfaces)) found.set(`${name}.${property}`, doc);
  }
  return found;
}

function inherited(name, interfaces) {
  const { parents = [], properties = [] } = interfaces.get(name) ?? {};
  return [...parents.flatMap((parent) => inherited(parent, interfaces)), ...properties];
}

/** The text of a docstring without its frame. */
function plain(doc) {
  return doc.replaceAll(/\s*\n\s*\*\s?/g, ' ').trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('schema.json', root), await generateSchema());
  writeFileSync(new URL('doctor-report.schema.json', root), await generateReportSchema());
}

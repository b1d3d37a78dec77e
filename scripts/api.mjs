// Writes sdk/api.md: every public declaration of @systole/sdk with its comment, so that a changed interface is a diff.
// Usage: node scripts/api.mjs [--check]      --check writes nothing and fails when the page is out of date
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = `${root}sdk/api.md`;
const COMMAND = "npm run api";
const entries = [
  { name: "@systole/sdk", file: `${root}sdk/src/index.ts` },
  { name: "@systole/sdk/functions", file: `${root}sdk/src/functions/index.ts` },
  { name: "@systole/sdk/functions/node", file: `${root}sdk/src/functions/node.ts` },
  { name: "@systole/sdk/http", file: `${root}sdk/src/http/index.ts` },
  { name: "@systole/sdk/testkit", file: `${root}sdk/src/testkit/index.ts` },
];

/** The program from source, and each source file's declarations as the compiler would publish them. */
function compile() {
  const { config } = ts.readConfigFile(`${root}tsconfig.base.json`, ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram(
    // The ports by their own path: what is reached through node_modules is not published.
    [`${root}core/src/ports/index.ts`, `${root}core/src/http/index.ts`, ...entries.map(({ file }) => file)],
    {
      ...options,
      composite: false,
      declarationMap: false,
      emitDeclarationOnly: true,
      customConditions: ["@systole/source"],
      outDir: `${root}dist`,
    },
  );
  const published = new Map();
  program.emit(undefined, (_path, text, _mark, _error, [source]) => published.set(source.fileName, text));
  return { program, published };
}

/** Statements of a published file by the name that they declare. */
function statementsOf(text) {
  const source = ts.createSourceFile("published.d.ts", text, ts.ScriptTarget.ES2023, true);
  const found = new Map();
  for (const statement of source.statements) {
    const named = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
    for (const { name } of named)
      if (name !== undefined) found.set(name.text, [...(found.get(name.text) ?? []), readable(statement)]);
  }
  return found;
}

function readable(statement) {
  const comments = ts.getLeadingCommentRanges(statement.getSourceFile().text, statement.pos) ?? [];
  const documentation = comments
    .map(({ pos, end }) => statement.getSourceFile().text.slice(pos, end))
    .filter((comment) => comment.startsWith("/**"));
  const code = statement
    .getText()
    .replace(/^export /, "")
    .replace(/^declare /, "")
    .replaceAll(/^ +#private;\n/gm, "")
    .replaceAll(/^ +private .*;\n/gm, "");
  return [...documentation.slice(-1), code].join("\n");
}

/** Exported declarations of an entry by the file that holds them, both in alphabetical order. */
function exportsOf(entry, { program, published }) {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry.file));
  const files = new Map();
  for (const symbol of checker.getExportsOfModule(module)) {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const file = target.declarations[0].getSourceFile().fileName;
    const statements = statementsOf(published.get(file)).get(target.name) ?? [];
    files.set(file, [...(files.get(file) ?? []), { name: symbol.name, text: statements.join("\n\n") }]);
  }
  return [...files]
    .map(([file, names]) => ({ title: basename(file, ".ts"), names: names.toSorted(byName) }))
    .toSorted((one, other) => (one.title < other.title ? -1 : 1));
}

function byName(one, other) {
  return one.name < other.name ? -1 : 1;
}

function write(compiled) {
  const parts = entries.map((entry) => {
    const sections = exportsOf(entry, compiled).map(
      ({ title, names }) =>
        `### ${title}\n\n\`\`\`ts\n${names.map(({ text }) => text).join("\n\n")}\n\`\`\`\n`,
    );
    return `## ${entry.name}\n\n${sections.join("\n")}`;
  });
  const intro = `Written by \`${COMMAND}\` from the declarations; do not edit. One section a file of the source, one file a port.`;
  return `# The public interface of @systole/sdk\n\n${intro}\n\n${parts.join("\n")}`;
}

const text = write(compile());
if (!process.argv.includes("--check")) writeFileSync(page, text);
else if (text !== readFileSync(page, "utf8")) {
  console.error(
    `sdk/api.md does not show the public interface of @systole/sdk as it is now. Run \`${COMMAND}\`, look at the difference, and commit it.`,
  );
  process.exitCode = 1;
}

// What the style tests ask of a source file that a regular expression cannot answer.
import ts from "typescript";
import type { RepositoryFile } from "./repository.js";

const parsed = new Map<string, ts.SourceFile>();

function parse({ path, text }: RepositoryFile): ts.SourceFile {
  const source =
    parsed.get(path) ?? ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TS);
  parsed.set(path, source);
  return source;
}

/** Lines of a file that use the type `any`. */
export function linesWithAny(file: RepositoryFile): readonly string[] {
  const source = parse(file);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword)
      found.push(`${file.path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** True when the first thing that is no import has a comment before it, or the file begins with one. */
export function opensWithComment(file: RepositoryFile): boolean {
  const source = parse(file);
  const first = source.statements.find((statement) => !ts.isImportDeclaration(statement));
  return [source.statements[0], first].some(
    (statement) =>
      statement !== undefined &&
      (ts.getLeadingCommentRanges(file.text, statement.getFullStart()) ?? []).length > 0,
  );
}

/** True for a file that only passes on what others export. */
export function onlyExports(file: RepositoryFile): boolean {
  return parse(file).statements.every((statement) => ts.isExportDeclaration(statement));
}

/** Lines of comments that a pattern matches. */
export function commentsMatching(file: RepositoryFile, pattern: RegExp): readonly string[] {
  const source = parse(file);
  const seen = new Set<number>();
  const found: string[] = [];
  const look = (ranges: readonly ts.CommentRange[] | undefined): void => {
    for (const { pos, end } of ranges ?? []) {
      if (seen.has(pos)) continue;
      seen.add(pos);
      const comment = file.text.slice(pos, end);
      const line = source.getLineAndCharacterOfPosition(pos).line + 1;
      if (pattern.test(comment)) found.push(`${file.path}:${line}: ${comment}`);
    }
  };
  const visit = (node: ts.Node): void => {
    look(ts.getLeadingCommentRanges(file.text, node.getFullStart()));
    look(ts.getTrailingCommentRanges(file.text, node.getEnd()));
    ts.forEachChild(node, visit);
  };
  visit(source);
  look(ts.getLeadingCommentRanges(file.text, source.endOfFileToken.getFullStart()));
  return found;
}

/** Regular expressions of a file as they are written: `/source/flags`. */
export function regularExpressions(file: RepositoryFile): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

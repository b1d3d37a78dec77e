// Reads systole.yaml: text in, checked settings and every problem with its place out. Pure, never throws.
import { parseDocument, type Document } from "yaml";
import { Problems, type Parsed, type Position } from "../problem.js";
import { reportIssues } from "./issues.js";
import { SystoleYaml } from "./schema.js";
import { YamlPlaces } from "./yaml-places.js";

export interface SystoleSettings {
  /** Empty when the file has errors. */
  readonly settings: SystoleYaml;
  /** Of a key, by its path, for checks that need more than this file. */
  readonly place: (...path: readonly PropertyKey[]) => Position;
}

/** The same of a file that may be the whole configuration. */
export interface SystoleFile extends SystoleSettings {
  /** The key `nodes` is there, right or wrong. */
  readonly namesNodes: boolean;
}

/** What an absent file says. */
export const NO_SETTINGS: SystoleFile = {
  settings: {},
  namesNodes: false,
  place: () => ({ line: 0, column: 0 }),
};

export function parseSystoleYaml(text: string, file: string): Parsed<SystoleFile> {
  const problems = new Problems(file);
  const read = readDocument(text, problems);
  if (read === undefined) {
    const namesNodes = /^nodes[ \t]*:/m.test(text);
    return { value: { ...NO_SETTINGS, namesNodes }, problems: problems.found };
  }
  const { value, places } = read;
  const checked = SystoleYaml.safeParse(value ?? {});
  if (!checked.success) reportIssues(checked.error.issues, value, places, problems);
  const settings = checked.success ? withParametersAsWritten(checked.data, places) : {};
  const namesNodes = typeof value === "object" && value !== null && Object.hasOwn(value, "nodes");
  const place: SystoleSettings["place"] = (...path) => places.ofKey(path);
  return { value: { settings, namesNodes, place }, problems: problems.found };
}

interface ReadDocument {
  readonly value: unknown;
  readonly places: YamlPlaces;
}

/** Undefined when the text is not YAML; the problems say where. */
function readDocument(text: string, problems: Problems): ReadDocument | undefined {
  try {
    const document: Document = parseDocument(text, {
      prettyErrors: false,
      stringKeys: true,
    });
    const places = new YamlPlaces(document, text);
    for (const { message, pos } of [...document.errors, ...document.warnings])
      problems.error(places.at(pos[0]), "yaml.syntax", sentence(message));
    return document.errors.length > 0 ? undefined : { value: document.toJS() as unknown, places };
  } catch (error) {
    // Too many aliases of aliases, or nested too deeply: nobody writes that by mistake.
    const reason = error instanceof Error ? error.message : String(error);
    problems.error({ line: 1, column: 1 }, "yaml.syntax", `${reason}; write it plainly`);
    return undefined;
  }
}

/** Words of the YAML library, as this program speaks. */
function sentence(message: string): string {
  return `this is not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}; mend the line, blanks and not tabs indent it`;
}

/** The schema's value of `0755` is 755; an agent is told what stands there. */
function withParametersAsWritten(settings: SystoleYaml, places: YamlPlaces): SystoleYaml {
  const asWritten = (name: string, parameters: Readonly<Record<string, string>>) =>
    Object.entries(parameters).map(([key, value]) => [
      key,
      places.textOf(["resources", name, "parameters", key]) ?? value,
    ]);
  const resources = Object.entries(settings.resources ?? {}).map(([name, { parameters, ...rules }]) => [
    name,
    parameters === undefined
      ? rules
      : { ...rules, parameters: Object.fromEntries(asWritten(name, parameters)) as typeof parameters },
  ]);
  return { ...settings, resources: Object.fromEntries(resources) as NonNullable<SystoleYaml["resources"]> };
}

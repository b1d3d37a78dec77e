// Reads ha.cf: text in, everything it says and everything that is wrong with it out. Pure.
import { didYouMean } from "@systole/sdk";
import { Problems, WHOLE_FILE, type Parsed } from "../problem.js";
import { isReadable, splitLines, splitWords, withoutComment } from "../source-text.js";
import { checkClusterName, readBroker } from "./brokers.js";
import { readClient, readClientAccess } from "./clients.js";
import type { DirectiveLine, DirectiveReader } from "./directive-line.js";
import { emptyDraft, type HaCf, type HaCfDraft } from "./ha-cf.js";
import { IGNORED_DIRECTIVES, SILENT_VALUES } from "./ignored.js";
import { MEDIA_READERS } from "./media.js";
import { readEnvironment, readNodes, readPing, readPingGroup } from "./members.js";
import { readSerial } from "./serial.js";
import { SETTING_READERS } from "./settings.js";
import { readStonith, readStonithHost } from "./stonith.js";

const BLANKS = /[ \t]+/;
const BLANKS_OR_COMMAS = /[ \t,]+/;

/** Understood, and without effect: explained once, however often it stands there. */
const ignore: DirectiveReader = ({ directive, values }, draft, problems) => {
  const name = directive.text;
  const value = values.at(-1)?.text;
  if (value !== undefined) draft.recorded[name] = value;
  if (draft.seen.has(name)) return;
  draft.seen.set(name, directive);
  if (value !== undefined && SILENT_VALUES[name]?.includes(value.toLowerCase())) return;
  problems.warning(directive, "directive.ignored", `${name} does nothing: ${IGNORED_DIRECTIVES[name] ?? ""}`);
};

const READERS: ReadonlyMap<string, DirectiveReader> = new Map<string, DirectiveReader>([
  ...Object.keys(IGNORED_DIRECTIVES).map((name): [string, DirectiveReader] => [name, ignore]),
  ...SETTING_READERS,
  ...MEDIA_READERS,
  ["apiauth", readClientAccess],
  ["env", readEnvironment],
  ["failfast", readClient],
  ["mqtt", readBroker],
  ["node", readNodes],
  ["ping", readPing],
  ["ping_group", readPingGroup],
  ["respawn", readClient],
  ["serial", readSerial],
  ["stonith", readStonith],
  ["stonith_host", readStonithHost],
]);

/** Every directive that is understood, used or not. */
export const HA_CF_DIRECTIVES: readonly string[] = [...READERS.keys()].toSorted();

function splitDirective(text: string, line: number): DirectiveLine | undefined {
  const [directive] = splitWords(text, line, BLANKS);
  if (directive === undefined) return undefined;
  const offset = directive.column - 1 + directive.text.length;
  const rest = text.slice(offset);
  return {
    directive,
    values: splitWords(rest, line, BLANKS_OR_COMMAS, offset),
    parameters: splitWords(rest, line, BLANKS, offset),
    rest,
  };
}

/** A udpport below all media that could use it was meant for them and does not reach them. */
function checkPortOrder(draft: HaCfDraft, problems: Problems): void {
  const port = draft.udpPort;
  const media = draft.media.filter((medium) => medium.kind !== "mcast");
  const last = media.at(-1);
  if (port === undefined || last === undefined || last.at.line > port.at.line) return;
  if (last.at.line === port.at.line || media.every((medium) => medium.port === port.value)) return;
  const message = `udpport reaches only the media lines below it, so here those above keep port ${media[0]?.port}, as in heartbeat; move it above line ${media[0]?.at.line}, on all nodes at once`;
  problems.warning(port.at, "udpport.after-media", message);
}

function checkPresence(draft: HaCfDraft, hasOtherMedia: boolean, problems: Problems): void {
  if (draft.nodes.length === 0 && draft.autoJoin?.value !== "any") {
    const message = "no node is named; write `node NAME` for each machine, with what `uname -n` prints there";
    problems.error(WHOLE_FILE, "node.none", message);
  }
  const media = draft.media.length + draft.serialPorts.length + draft.brokers.length;
  if (media === 0 && !hasOtherMedia) {
    const message =
      "no medium is named, so nodes cannot hear each other; write e.g. `ucast eth0 ADDRESS-OF-THE-PEER` or `bcast eth0`";
    problems.error(WHOLE_FILE, "medium.none", message);
  }
}

/** Never throws. `file` is only repeated in the problems. `hasOtherMedia`: systole.yaml names transports. */
export function parseHaCf(text: string, file: string, hasOtherMedia = false): Parsed<HaCf> {
  const problems = new Problems(file);
  const draft = emptyDraft();
  for (const [index, raw] of splitLines(text).entries()) {
    const lineText = withoutComment(raw);
    if (!isReadable(lineText, index + 1, problems)) continue;
    const line = splitDirective(lineText, index + 1);
    if (line === undefined) continue;
    const { directive } = line;
    const read = READERS.get(directive.text);
    if (read !== undefined) {
      read(line, draft, problems);
    } else {
      const hint =
        didYouMean(directive.text, HA_CF_DIRECTIVES) || "; heartbeat has none either, delete the line";
      problems.error(directive, "directive.unknown", `there is no directive "${directive.text}"${hint}`);
    }
  }
  checkPortOrder(draft, problems);
  checkClusterName(draft, problems);
  checkPresence(draft, hasOtherMedia, problems);
  const { recorded, environment, udpPort: _port, seen: _seen, ...value } = draft;
  return {
    value: { writtenIn: "ha.cf", ...value, environment: { ...recorded, ...environment } },
    problems: problems.found,
  };
}

// The cluster of a transcript in a line or two, and back: `cluster alpha bravo, around nothing, deadtime 1s, keepalive 100ms,
// auto_failback on`, and a line for each group where there is another one than `web`.
import type { GroupMember, GroupSpec, OnFail } from "@systole/core/ports";
import type { Scene, Surroundings } from "../lives/scene.js";
import { SPECIALITIES, type Speciality } from "../lives/special.js";
import { GUARDED_AGENT } from "../plan.js";
import { parseSpan, spanText } from "./span.js";

export interface SceneAndSeed {
  readonly scene: Scene;
  readonly seed: number;
}

const AROUND: readonly string[] = [
  "nothing",
  "ping",
  "fencing",
  "witness",
  "majority",
] satisfies Surroundings[];
const ON_FAIL: readonly OnFail[] = ["restart", "move", "stop", "ignore", "fence"];
const DEFAULT = { seed: 1, media: "eth0", operations: "10ms" };

export function isSceneLine(line: string): boolean {
  return /^(cluster|group) /.test(line);
}

export function sceneLines({ scene, seed }: SceneAndSeed): readonly string[] {
  const { nodes, around, deadMs, keepaliveMs, failback, media, operationMs, groups } = scene;
  const { heartbeats = [], special } = scene;
  const parts = [
    `cluster ${nodes.join(" ")}`,
    ...(heartbeats.length === 0 ? [] : [`heartbeat ${heartbeats.join(" ")}`]),
    `around ${around}`,
    `deadtime ${spanText(deadMs)}`,
    `keepalive ${spanText(keepaliveMs)}`,
    `auto_failback ${failback}`,
    ...(media.join(" ") === DEFAULT.media ? [] : [`media ${media.join(" ")}`]),
    ...(spanText(operationMs) === DEFAULT.operations ? [] : [`operations ${spanText(operationMs)}`]),
    ...(special === undefined ? [] : [["special", ...special].join(" ")]),
    ...(seed === DEFAULT.seed ? [] : [`seed ${seed}`]),
  ];
  return [parts.join(", "), ...groups.map(groupLine)];
}

function groupLine({ key, home, resources }: GroupSpec): string {
  const members = resources.map(({ name, agent }) => (name === agent ? name : `${name}(${agent})`));
  const { monitorEveryMs, failureTimeoutMs, onFail, migrationThreshold } = resources[0]?.rules ?? {};
  return [
    `group ${key} at home on ${home}: ${members.join(" ")}`,
    ...(monitorEveryMs === undefined ? [] : [`watched every ${spanText(monitorEveryMs)}`]),
    ...(failureTimeoutMs === undefined ? [] : [`failures forgotten after ${spanText(failureTimeoutMs)}`]),
    ...(onFail === undefined ? [] : [`on-fail ${onFail}`]),
    ...(migrationThreshold === undefined ? [] : [`migration-threshold ${migrationThreshold}`]),
  ].join(", ");
}

/** Throws, and says what is missing, when the lines describe no cluster. */
export function parseScene(lines: readonly string[]): SceneAndSeed {
  const [first = "", ...others] = lines;
  const words = wordsOf(first);
  const say = (key: string, otherwise?: string): string => {
    const value = words.get(key) ?? otherwise;
    if (value === undefined) throw new Error(`"${first}" does not say ${key}`);
    return value;
  };
  const nodes = say("cluster").split(" ");
  const around = say("around");
  const failback = say("auto_failback");
  if (!isAround(around)) throw new Error(`around ${around}: say one of ${AROUND.join(", ")}`);
  if (failback !== "on" && failback !== "off" && failback !== "legacy")
    throw new Error(`auto_failback ${failback}: say on, off or legacy`);
  const heartbeats = words.get("heartbeat")?.split(" ");
  const scene: Scene = {
    around,
    nodes,
    groups: others.length === 0 ? [webOn(nodes[0] ?? "")] : others.map(parseGroup),
    failback,
    keepaliveMs: parseSpan(say("keepalive")),
    deadMs: parseSpan(say("deadtime")),
    media: say("media", DEFAULT.media).split(" "),
    operationMs: parseSpan(say("operations", DEFAULT.operations)),
    ...(words.has("special") && { special: specialitiesIn(say("special")) }),
    ...(heartbeats !== undefined && { heartbeats }),
  };
  return { scene, seed: Number(say("seed", String(DEFAULT.seed))) };
}

function specialitiesIn(text: string): readonly Speciality[] {
  return text
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => {
      const known = SPECIALITIES.find((one) => one === word);
      if (known === undefined) throw new Error(`special ${word}: say some of ${SPECIALITIES.join(", ")}`);
      return known;
    });
}

/** Parts between commas: the first word of each, and the rest. */
function wordsOf(line: string): ReadonlyMap<string, string> {
  const parts = line.split(", ").map((part) => part.split(" "));
  return new Map(parts.map(([key = "", ...rest]) => [key, rest.join(" ")]));
}

function isAround(text: string): text is Surroundings {
  return AROUND.includes(text);
}

/** An address and nginx. */
function webOn(home: string): GroupSpec {
  return parseGroup(`group web at home on ${home}: web(${GUARDED_AGENT}) nginx, watched every 1s`);
}

function parseGroup(line: string): GroupSpec {
  const [, key, home, members] = /^group (\S+) at home on (\S+): ([^,]+)/.exec(line) ?? [];
  if (key === undefined || home === undefined || members === undefined)
    throw new Error(`"${line}" is no group; write: group web at home on alpha: web(${GUARDED_AGENT}) nginx`);
  const watched = /, watched every (\S+?)(,|$)/.exec(line)?.[1];
  const forgotten = /, failures forgotten after (\S+?)(,|$)/.exec(line)?.[1];
  const failed = /, on-fail (\S+?)(,|$)/.exec(line)?.[1];
  const onFail = ON_FAIL.find((known) => known === failed);
  const threshold = /, migration-threshold (\d+?)(,|$)/.exec(line)?.[1];
  const rules = {
    ...(watched !== undefined && { monitorEveryMs: parseSpan(watched) }),
    ...(forgotten !== undefined && { failureTimeoutMs: parseSpan(forgotten) }),
    ...(onFail !== undefined && { onFail }),
    ...(threshold !== undefined && { migrationThreshold: Number(threshold) }),
  };
  return { key, home, resources: members.split(" ").map((text) => memberOf(text, rules)) };
}

function memberOf(text: string, rules: NonNullable<GroupMember["rules"]>): GroupMember {
  const [, name = text, agent = text] = /^(.+)\((.+)\)$/.exec(text) ?? [];
  // As the agent for addresses can, and the others cannot.
  return { name, agent, rules, ...(agent === GUARDED_AGENT && { tellsElsewhere: true }) };
}

// From systole.yaml as the whole configuration to what ha.cf would say: both are then checked and built alike. Pure.
import type { ClientProgram } from "@systole/core";
import type { Failback } from "@systole/core/ports";
import { clusterProblem } from "@systole/transport-mqtt";
import {
  DEFAULT_COMPRESSION_THRESHOLD_KIB,
  type HaCf,
  type StonithLine,
  type TimeName,
} from "../../ha-cf/ha-cf.js";
import type { Located, Problems } from "../../problem.js";
import type { SystoleSettings } from "../parse.js";
import type { SystoleYaml } from "../schema.js";
import type { HeartbeatYaml } from "./heartbeat-schema.js";
import { mediaOf } from "./media-of.js";
import { DEFAULT_PRESET, PRESETS } from "./presets.js";
import { recordedOf } from "./recorded.js";
import type { Place } from "./whole-file.js";

const TIMES = [
  "keepalive",
  "deadtime",
  "warntime",
  "initdead",
  "deadping",
] as const satisfies readonly TimeName[];

/** `settings.nodes` is there. `self` is this node's name, lower-case. */
export function settingsOf(
  { settings, place }: SystoleSettings,
  self: string,
  failback: Failback,
  problems: Problems,
): HaCf {
  const { nodes = {}, media = [], timings = {}, heartbeat = {}, logging = {} } = settings;
  const read = mediaOf(media, { self, nodes, place, problems });
  checkPresence(settings, read, place, problems);
  const at = (...path: readonly string[]) => place(...path);
  return {
    writtenIn: "systole.yaml",
    nodes: nodesOf(nodes, place, problems),
    ...read,
    clusterName: settings.cluster === undefined ? undefined : { value: settings.cluster, at: at("cluster") },
    times: Object.fromEntries(
      TIMES.flatMap((name) => {
        const value = timings[name];
        return value === undefined ? [] : [[name, { value, at: at("timings", name) }]];
      }),
    ),
    maxRetransmitDelayMs:
      timings.retransmit ?? PRESETS[settings.preset ?? DEFAULT_PRESET].times.maxRetransmitDelayMs,
    hopFudge: heartbeat["hop-fudge"] ?? 1,
    innerSignature: heartbeat["message-format"] !== "netstring",
    traditionalCompression: heartbeat["traditional-compression"] ?? false,
    compressionThresholdKib: heartbeat["compression-threshold"] ?? DEFAULT_COMPRESSION_THRESHOLD_KIB,
    failback: { value: failback, at: at("defaults", "failback") },
    ipfail: heartbeat.ipfail === true ? at("heartbeat", "ipfail") : undefined,
    ...programsOf(heartbeat, place),
    watchdog: settings.watchdog === undefined ? undefined : { value: settings.watchdog, at: at("watchdog") },
    stonith: stonithOf(heartbeat, place),
    uuidFrom: heartbeat["uuid-from"] ?? "file",
    autoJoin:
      heartbeat.autojoin === undefined
        ? undefined
        : { value: heartbeat.autojoin, at: at("heartbeat", "autojoin") },
    logsRefusedFrames: heartbeat["log-bad-packets"] ?? true,
    logFile: logging.file,
    debugFile: logging["debug-file"],
    logFacility: logging.facility,
    debugLevel: logging.level ?? 0,
    environment: { ...recordedOf(settings, failback), ...heartbeat.environment },
  };
}

function checkPresence(
  { transports = [], cluster }: SystoleYaml,
  { media, serialPorts, brokers }: Pick<HaCf, "media" | "serialPorts" | "brokers">,
  place: Place,
  problems: Problems,
): void {
  if (media.length + serialPorts.length + brokers.length + transports.length === 0) {
    const isAlone = problems.found.some(({ code }) => code === "medium.incomplete");
    const message =
      "no medium is named, so nodes cannot hear each other; write e.g. `media: [{ unicast: { interface: eth0 } }]`";
    if (!isAlone) problems.error(place("media"), "medium.none", message);
  }
  if (brokers.length === 0) return;
  const problem = cluster === undefined ? undefined : clusterProblem(cluster);
  if (cluster === undefined) {
    const message =
      "the cluster has no name, so all clusters without one share their topics on this broker; write `cluster: NAME`, the same on all nodes";
    problems.warning(brokers[0]?.at ?? place("media"), "cluster.unnamed", message);
  } else if (problem !== undefined)
    problems.error(
      place("cluster"),
      "cluster.invalid-name",
      `"${cluster}" cannot stand in a topic: ${problem}`,
    );
}

function nodesOf(
  nodes: NonNullable<SystoleYaml["nodes"]>,
  place: Place,
  problems: Problems,
): readonly Located<string>[] {
  const found: Located<string>[] = [];
  for (const name of Object.keys(nodes)) {
    const at = place("nodes", name);
    const value = name.toLowerCase();
    const earlier = found.find((node) => node.value === value);
    if (earlier === undefined) found.push({ value, at });
    else
      problems.error(
        at,
        "node.duplicate",
        `node ${value} stands in line ${earlier.at.line} already; delete one, or correct its name`,
      );
  }
  return found;
}

function programsOf(
  { respawn = [], apiauth = {} }: HeartbeatYaml,
  place: Place,
): Pick<HaCf, "clients" | "clientAccess"> {
  const clients = respawn.map(({ user, command, failfast }, position): Located<ClientProgram> => {
    const [program = command] = command.split(/[ \t]/);
    const kind = failfast === true ? "failfast" : "respawn";
    return {
      value: { kind, user, program, command },
      at: place("heartbeat", "respawn", position, "command"),
    };
  });
  const clientAccess = Object.entries(apiauth).map(([name, { users = [], groups = [] }]) => {
    return { value: { name, users, groups }, at: place("heartbeat", "apiauth", name) };
  });
  return { clients, clientAccess };
}

function stonithOf({ stonith = [] }: HeartbeatYaml, place: Place): readonly StonithLine[] {
  return stonith.map(({ from = "*", type, parameters, file }, position) => ({
    from: from.toLowerCase(),
    type,
    ...(file === undefined ? { parameters: parameters ?? "" } : { configFile: file }),
    at: place("heartbeat", "stonith", position, "type"),
  }));
}

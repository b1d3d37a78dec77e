// What ha.cf says, before it is compared with the other files and with this machine.
import type { ClientAccess, ClientProgram } from "@systole/core";
import type { Failback } from "@systole/core/ports";
import type { Located, Position } from "../problem.js";

/** A line that names a network medium. IPv6 is told by the address. */
export type Medium =
  | {
      readonly kind: "ucast";
      readonly interface: string;
      readonly address: string;
      readonly port: number;
      readonly at: Position;
    }
  | { readonly kind: "bcast"; readonly interface: string; readonly port: number; readonly at: Position }
  | {
      readonly kind: "mcast";
      readonly interface: string;
      readonly group: string;
      readonly port: number;
      /** Hop limit for IPv6. */
      readonly ttl: number;
      readonly loop: boolean;
      readonly at: Position;
    };

/** A serial port, by the path of its device. */
export interface SerialPort {
  readonly device: string;
  readonly at: Position;
}

/** A broker of MQTT. */
export interface BrokerLine {
  /** Its host, and what tells it from another line of the same host. */
  readonly name: string;
  /** Without user and password. */
  readonly url: string;
  readonly prefix?: string;
  readonly at: Position;
}

/** A fence device of heartbeat; either parameters or a file that holds them. */
export interface StonithLine {
  /** The node that may use it, lower-case, or `*`. */
  readonly from: string;
  readonly type: string;
  /** As written, in the order that the type wants. */
  readonly parameters?: string;
  readonly configFile?: string;
  readonly at: Position;
}

export interface PingNode {
  readonly name: string;
  readonly group: boolean;
  readonly hosts: readonly string[];
  readonly at: Position;
}

export type TimeName = "keepalive" | "deadtime" | "warntime" | "initdead" | "deadping";

export interface HaCf {
  /** Which file says it: messages tell what to write there. */
  readonly writtenIn: "ha.cf" | "systole.yaml";
  /** Lower-case, in the order of the file, each once. */
  readonly nodes: readonly Located<string>[];
  readonly pings: readonly PingNode[];
  readonly media: readonly Medium[];
  readonly serialPorts: readonly SerialPort[];
  readonly brokers: readonly BrokerLine[];
  /** As `cluster` says. */
  readonly clusterName: Located<string> | undefined;
  /** Bits per second, of all serial ports. */
  readonly baud: number;
  /** Milliseconds as written; what is absent has a default. */
  readonly times: Readonly<Partial<Record<TimeName, Located<number>>>>;
  readonly maxRetransmitDelayMs: number;
  readonly hopFudge: number;
  readonly innerSignature: boolean;
  /** Whole messages above a threshold are compressed, instead of single fields that ask for it. */
  readonly traditionalCompression: boolean;
  readonly compressionThresholdKib: number;
  readonly failback: Located<Failback> | undefined;
  /** Where `respawn … ipfail` stands. */
  readonly ipfail: Position | undefined;
  /** Programs beside the daemon, without ipfail, which is built in. */
  readonly clients: readonly Located<ClientProgram>[];
  readonly clientAccess: readonly Located<ClientAccess>[];
  readonly watchdog: Located<string> | undefined;
  readonly stonith: readonly StonithLine[];
  readonly uuidFrom: "file" | "nodename";
  readonly autoJoin: Located<"none" | "other" | "any"> | undefined;
  readonly logsRefusedFrames: boolean;
  readonly logFile: string | undefined;
  readonly debugFile: string | undefined;
  /** A syslog facility; undefined for none. */
  readonly logFacility: string | undefined;
  readonly debugLevel: number;
  /** For scripts, names without `HA_`: single-valued directives as written, then what `env` says. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The same while it is being read. */
export interface HaCfDraft {
  nodes: Located<string>[];
  pings: PingNode[];
  media: Medium[];
  serialPorts: SerialPort[];
  brokers: BrokerLine[];
  clusterName: Located<string> | undefined;
  baud: number;
  udpPort: Located<number> | undefined;
  times: Partial<Record<TimeName, Located<number>>>;
  maxRetransmitDelayMs: number;
  hopFudge: number;
  innerSignature: boolean;
  traditionalCompression: boolean;
  compressionThresholdKib: number;
  failback: Located<Failback> | undefined;
  ipfail: Position | undefined;
  clients: Located<ClientProgram>[];
  clientAccess: Located<ClientAccess>[];
  watchdog: Located<string> | undefined;
  stonith: StonithLine[];
  uuidFrom: "file" | "nodename";
  autoJoin: Located<"none" | "other" | "any"> | undefined;
  logsRefusedFrames: boolean;
  logFile: string | undefined;
  debugFile: string | undefined;
  logFacility: string | undefined;
  debugLevel: number;
  recorded: Record<string, string>;
  environment: Record<string, string>;
  /** Where each single-valued directive was seen first. */
  seen: Map<string, Position>;
}

export const DEFAULT_UDP_PORT = 694;
export const DEFAULT_COMPRESSION_THRESHOLD_KIB = 2;
export const DEFAULT_BAUD = 19_200;
export const BAUD_RATES: readonly number[] = [9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800];

export function emptyDraft(): HaCfDraft {
  return {
    nodes: [],
    pings: [],
    media: [],
    serialPorts: [],
    brokers: [],
    clusterName: undefined,
    baud: DEFAULT_BAUD,
    udpPort: undefined,
    times: {},
    maxRetransmitDelayMs: 250,
    hopFudge: 1,
    innerSignature: true,
    traditionalCompression: false,
    compressionThresholdKib: DEFAULT_COMPRESSION_THRESHOLD_KIB,
    failback: undefined,
    ipfail: undefined,
    clients: [],
    clientAccess: [],
    watchdog: undefined,
    stonith: [],
    uuidFrom: "file",
    autoJoin: undefined,
    logsRefusedFrames: true,
    logFile: undefined,
    debugFile: undefined,
    logFacility: undefined,
    debugLevel: 0,
    recorded: {},
    environment: {},
    seen: new Map(),
  };
}

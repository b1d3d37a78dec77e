// What a resource of this agent can say, by name or, in haresources, as `nginx::FILE::NAME=VALUE::…`.
import type { ResourceSpec } from "@systole/sdk";

/** One parameter, for people and for programs that list them. */
export interface ParameterDescription {
  readonly name: string;
  /** What its value looks like. */
  readonly form: string;
  /** In the words of `form`; empty where leaving it out means that there is none. */
  readonly default: string;
  readonly about: string;
}

export const NGINX_PARAMETERS: readonly ParameterDescription[] = [
  {
    name: "configfile",
    form: "absolute path",
    default: "as nginx was built",
    about: "The configuration. In haresources also as the first argument, without a name.",
  },
  {
    name: "httpd",
    form: "absolute path",
    default: "nginx in PATH, then where packages put it",
    about: "The binary.",
  },
  {
    name: "check",
    form: "http or https URL",
    default: "",
    about:
      "Asked at each start and status. nginx must listen on its port; a name is sent as Host and never looked up.",
  },
  {
    name: "expect-status",
    form: "codes and classes, e.g. 204,3xx",
    default: "2xx,3xx",
    about: "Status codes of `check` that count as an answer.",
  },
  {
    name: "expect-body",
    form: "text",
    default: "",
    about: "Must occur in the first 64 KiB that `check` answers.",
  },
  {
    name: "stub-status",
    form: "http or https URL",
    default: "",
    about:
      "A page of the module stub_status: must make sense, and is watched for connections that nginx drops.",
  },
  {
    name: "check-timeout",
    form: "duration, 50ms to 15s",
    default: "2s",
    about: "What takes longer than this counts as not answered.",
  },
  {
    name: "warm",
    form: "true or false",
    default: "false",
    about: "nginx runs on the standby too, so that a takeover only moves what comes before it in the group.",
  },
  {
    name: "reload",
    form: "never or on-change",
    default: "never",
    about: "With on-change a changed configuration is loaded at the next status, once `nginx -t` accepts it.",
  },
  {
    name: "drain",
    form: "duration, 0 to 50s",
    default: "0",
    about:
      "How long a stop lets requests that are under way finish, while new ones are served. Less than the deadline of the stop.",
  },
];

export interface NginxParameters {
  /** Undefined: the one that nginx was built for. */
  readonly configFile: string | undefined;
  /** Undefined: found on the node. */
  readonly httpd: string | undefined;
  readonly check: URL | undefined;
  readonly expectStatus: RegExp;
  readonly expectBody: string | undefined;
  readonly stubStatus: URL | undefined;
  readonly checkTimeoutMs: number;
  readonly warm: boolean;
  readonly reloadOnChange: boolean;
  readonly drainMs: number;
}

const NAMES: ReadonlySet<string> = new Set(NGINX_PARAMETERS.map(({ name }) => name));
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, "": 1000 };
const DEFAULT_CHECK_TIMEOUT_MS = 2000;
const DEFAULT_STATUS = statusPattern("2xx,3xx") ?? /^[23]/;

/** Parameters as they apply; one that makes no sense counts as absent and is named in a problem. */
export function readParameters(resource: ResourceSpec): {
  readonly parameters: NginxParameters;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const given = namedValues(resource, problems);
  /** The value as `parse` makes it; a problem in the words of the table when it makes nothing of it. */
  const read = <Value>(name: string, parse: (text: string) => Value | undefined): Value | undefined => {
    const text = given.get(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) problems.push(`${name}=${text}: write ${formOf(name)}`);
    return value;
  };
  const parameters: NginxParameters = {
    configFile: given.get("configfile"),
    httpd: given.get("httpd"),
    check: read("check", httpUrl),
    expectStatus: read("expect-status", statusPattern) ?? DEFAULT_STATUS,
    expectBody: given.get("expect-body"),
    stubStatus: read("stub-status", httpUrl),
    checkTimeoutMs: read("check-timeout", (text) => durationMs(text, 50, 15_000)) ?? DEFAULT_CHECK_TIMEOUT_MS,
    warm:
      read("warm", choice({ true: true, yes: true, on: true, false: false, no: false, off: false })) ?? false,
    reloadOnChange: read("reload", choice({ "on-change": true, never: false })) ?? false,
    drainMs: read("drain", (text) => durationMs(text, 0, 50_000)) ?? 0,
  };
  for (const name of ["expect-status", "expect-body"]) {
    if (given.has(name) && !given.has("check"))
      problems.push(`${name} says what check must answer: add check=URL`);
  }
  return { parameters, problems };
}

/** Arguments and named parameters as one; an empty value counts as absent. */
function namedValues({ args, parameters }: ResourceSpec, problems: string[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  const put = (name: string, value: string): void => {
    const before = given.get(name);
    if (!NAMES.has(name)) problems.push(`nginx has no parameter ${name}; it has ${[...NAMES].join(", ")}`);
    else if (before !== undefined && before !== value)
      problems.push(`${name} is given as ${before} and as ${value}: keep one of them`);
    else if (value !== "") given.set(name, value);
  };
  for (const [index, arg] of args.entries()) {
    const [, name, value] = /^([a-z-]+)=(.*)$/s.exec(arg) ?? [];
    if (name !== undefined && value !== undefined) put(name, value);
    else if (index === 0) put("configfile", arg);
    else
      problems.push(
        `argument ${index + 1}, ${arg}: write NAME=VALUE; only the first may be a bare configuration file`,
      );
  }
  for (const [name, value] of Object.entries(parameters)) put(name, value);
  return given;
}

function formOf(name: string): string {
  return NGINX_PARAMETERS.find((one) => one.name === name)?.form ?? "";
}

function choice<Value>(words: Readonly<Record<string, Value>>): (text: string) => Value | undefined {
  return (text) => (Object.hasOwn(words, text) ? words[text] : undefined);
}

/** A bare number is seconds, as in ha.cf. */
function durationMs(text: string, minMs: number, maxMs: number): number | undefined {
  const [, digits, unit = ""] = /^(\d{1,6})(ms|s)?$/.exec(text) ?? [];
  const value = Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
  return value >= minMs && value <= maxMs ? value : undefined;
}

function httpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.username === "" && url.password === "" && /^https?:\/\//.test(text);
  return plain ? url : undefined;
}

/** Matches a status code, as text, that is in a list such as `204,3xx`. */
function statusPattern(text: string): RegExp | undefined {
  const words = text.split(",");
  if (!words.every((word) => /^[1-5](\d\d|xx)$/.test(word))) return undefined;
  return new RegExp(`^(?:${words.map((word) => word.replace("xx", "\\d\\d")).join("|")})$`);
}

// What may be configured: brokers, how each is reached, and where what is secret stands.
import { isIPv4 } from "node:net";
import * as v from "valibot";
import { isEncrypted, readBrokerUrl } from "./broker-url.js";
import {
  DEFAULT_ANSWER_MS,
  DEFAULT_KEEPALIVE_SECONDS,
  MAX_BROKERS,
  MAX_CLIENT_ID_CHARACTERS,
} from "./limits.js";
import { clusterProblem, DEFAULT_CLUSTER, DEFAULT_PREFIX, prefixProblem } from "./topics.js";

const path = v.pipe(v.string(), v.regex(/^\//, "write the file's full path, beginning with /"));

const FILE_OR_VARIABLE =
  "a password is never written here: write `password: { file: /etc/ha.d/mqtt.password }`, or `{ env: NAME }`";

const Secret = v.union(
  [
    v.strictObject({ file: path }),
    v.strictObject({ env: v.pipe(v.string(), v.regex(/^[A-Z_][A-Z0-9_]*$/i, "write a variable's name")) }),
  ],
  FILE_OR_VARIABLE,
);

const Url = v.pipe(
  v.string("write the broker's URL, such as mqtts://broker.example"),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const read = readBrokerUrl(dataset.value);
    if (!read.ok) addIssue({ message: read.hint });
  }),
);

function checkedBy(problemOf: (text: string) => string | undefined) {
  return v.rawCheck<string>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const problem = problemOf(dataset.value);
    if (problem !== undefined) addIssue({ message: problem });
  });
}

const ClientId = v.pipe(
  v.string(),
  v.minLength(
    1,
    "a client id is needed; leave it out for one that is made of the cluster's and the node's names",
  ),
  v.maxLength(MAX_CLIENT_ID_CHARACTERS, `write at most ${MAX_CLIENT_ID_CHARACTERS} characters`),
  v.check(
    (text) => text.includes("{node}"),
    "all nodes would have the same client id and throw each other out: write {node} where the node's name shall stand",
  ),
);

const VERSION = 'write 5 or "3.1.1"';

const Broker = v.pipe(
  v.strictObject({
    /** The medium is called `mqtt:NAME`. */
    name: v.pipe(
      v.string("a name is needed, by which `transports` calls it: mqtt:NAME"),
      v.regex(/^[^\s/]{1,253}$/, "a name has at most 253 characters, without blanks and slashes"),
    ),
    url: Url,
    /** Instead of the one that all brokers have. */
    prefix: v.optional(v.pipe(v.string(), checkedBy(prefixProblem))),
    version: v.optional(
      v.pipe(
        v.union([v.literal(5), v.literal("5"), v.literal("3.1.1")], VERSION),
        v.transform((version): 4 | 5 => (version === "3.1.1" ? 4 : 5)),
      ),
      5,
    ),
    /** So often at least something is asked of the broker; without an answer for half as long again it has stalled. */
    keepaliveSeconds: v.optional(
      v.pipe(
        v.number("write a number of seconds"),
        v.integer("write whole seconds"),
        v.minValue(1, "write 1 or more"),
        v.maxValue(1200, "write at most 1200"),
      ),
      DEFAULT_KEEPALIVE_SECONDS,
    ),
    /** How long it may take to answer when it is asked as a quorum. */
    answerMs: v.optional(
      v.pipe(
        v.number("write a number of milliseconds"),
        v.integer("write whole milliseconds"),
        v.minValue(10, "write 10 or more"),
        v.maxValue(10_000, "write at most 10000"),
      ),
      DEFAULT_ANSWER_MS,
    ),
    clientId: v.optional(ClientId),
    user: v.optional(v.pipe(v.string(), v.minLength(1, "a user's name is needed"))),
    password: v.optional(Secret),
    /** PEM: who signs the broker's certificate, instead of those whom Node.js trusts. */
    ca: v.optional(path),
    /** PEM: this node's own certificate, and its key. */
    cert: v.optional(path),
    key: v.optional(path),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const problem = brokerProblem(dataset.value);
    if (problem !== undefined) addIssue({ message: problem });
  }),
);
export type Broker = v.InferOutput<typeof Broker>;

/** What does not fit together within one broker. */
function brokerProblem({
  url,
  user,
  password,
  ca,
  cert,
  key,
}: v.InferOutput<typeof Broker>): string | undefined {
  const read = readBrokerUrl(url);
  if (read.ok && !isEncrypted(read.address)) {
    if ((ca ?? cert ?? key) !== undefined)
      return "ca, cert and key need an encrypted connection: write mqtts:// or wss:// in the URL";
    if (password !== undefined && !isLoopback(read.address.host))
      return "a password would cross the network for everybody to read: write mqtts:// or wss:// in the URL";
  }
  if ((cert === undefined) !== (key === undefined))
    return "cert and key belong together: write both, or none";
  if (password !== undefined && user === undefined) return "a password needs a user: write `user`";
  return undefined;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

export const MqttConfig = v.strictObject({
  /** The level of the topics that tells clusters on one broker apart; the same on all nodes. */
  cluster: v.optional(v.pipe(v.string(), checkedBy(clusterProblem)), DEFAULT_CLUSTER),
  prefix: v.optional(v.pipe(v.string(), checkedBy(prefixProblem)), DEFAULT_PREFIX),
  brokers: v.pipe(
    v.array(Broker, "write a list of brokers, each with `name` and `url`"),
    v.minLength(1, "at least one broker is needed"),
    v.maxLength(MAX_BROKERS, `at most ${MAX_BROKERS} brokers can be used`),
    v.check(
      (brokers) => new Set(brokers.map(({ name }) => name)).size === brokers.length,
      "two brokers have the same name",
    ),
  ),
});
export type MqttConfig = v.InferOutput<typeof MqttConfig>;
export type MqttConfigInput = v.InferInput<typeof MqttConfig>;

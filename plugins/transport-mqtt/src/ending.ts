// Why a connection ended, in words that say what to do. Pure.

export interface EndingFacts {
  readonly topic: string;
  readonly clientId: string;
  /** The broker had accepted the connection, and let this node read. */
  readonly wasOpen: boolean;
  readonly livedMs: number;
  /** Of the broker's DISCONNECT, or of its refusal. */
  readonly reasonCode: number | undefined;
  /** What the network, the encryption or the protocol said last. */
  readonly error: string | undefined;
}

export interface Ending {
  /** A sentence without its full stop. */
  readonly reason: string;
  /** Trying again at once would throw somebody else out, or is refused anyway. */
  readonly waitLongest: boolean;
}

/** MQTT 5, table 2-6; the refusals of 3.1.1 are 1 to 5. */
const CODE = {
  unacceptableVersion: 1,
  identifierRejected: 2,
  badUser: 4,
  notAuthorized: 5,
  unsupportedVersion: 132,
  invalidIdentifier: 133,
  badUser5: 134,
  notAuthorized5: 135,
  takenOver: 142,
} as const;

/** Whoever is thrown out so soon again and again has a twin. */
const SOON_MS = 5000;

export function endingOf(facts: EndingFacts): Ending {
  const { clientId, topic, wasOpen, livedMs, reasonCode, error } = facts;
  switch (reasonCode) {
    case CODE.takenOver:
      return {
        reason: `another client has connected with the client id ${clientId}, and the broker lets only one have it; give each node and each cluster its own`,
        waitLongest: true,
      };
    case CODE.unacceptableVersion:
    case CODE.unsupportedVersion:
      return {
        reason: 'the broker does not speak this version of MQTT; write `version: "3.1.1"`, or 5',
        waitLongest: true,
      };
    case CODE.identifierRejected:
    case CODE.invalidIdentifier:
      return {
        reason: `the broker refuses the client id ${clientId}; write another as \`clientId\``,
        waitLongest: true,
      };
    case CODE.badUser:
    case CODE.badUser5:
      return { reason: "the broker refuses this user and password", waitLongest: true };
    case CODE.notAuthorized:
    case CODE.notAuthorized5:
      return {
        reason: `the broker refuses this node: it needs a user or a certificate that may read and write ${topic}`,
        waitLongest: true,
      };
    default:
  }
  if (error !== undefined) return { reason: error, waitLongest: false };
  const what = reasonCode === undefined ? "" : `, with reason ${reasonCode}`;
  if (!wasOpen)
    return { reason: `the broker closed the connection before it accepted it${what}`, waitLongest: false };
  const twin =
    livedMs < SOON_MS ? `; if that goes on, another client may have the client id ${clientId}` : "";
  return { reason: `the broker closed the connection${what}${twin}`, waitLongest: false };
}

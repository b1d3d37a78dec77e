// Every bound of this plugin in one place.

/** As over UDP: a broker beside it makes no message too large. Cloud brokers take twice as much. */
export const MAX_FRAME_BYTES = 65_507;

/** What a packet has besides its frame: head, topic, and properties that brokers add. */
export const MAX_PACKET_BYTES = MAX_FRAME_BYTES + 4096;

/** Bytes that wait because the broker does not read. More would only arrive too late to be of use. */
export const MAX_WAITING_BYTES = 131_072;

/** Frames that the broker has not acknowledged. */
export const MAX_UNACKNOWLEDGED = 64;

export const MAX_BROKERS = 16;

/** How long a broker may take until it has accepted a connection, encryption included. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** Pauses between attempts to connect: doubled each time, and each a random part shorter. */
export const RECONNECT_PAUSES = { firstMs: 250, longestMs: 10_000 } as const;

/** A connection that lasted so long was a good one: the next pause is the first again. */
export const STEADY_AFTER_MS = 10_000;

/** How long a start waits for the first connection; it goes on without. */
export const START_PATIENCE_MS = 500;

/** How long a stop waits for acknowledgements and for the broker to close. */
export const STOP_PATIENCE_MS = 500;

export const DEFAULT_KEEPALIVE_SECONDS = 5;

/** As long as a ping may take. */
export const DEFAULT_ANSWER_MS = 300;

/** Levels of a prefix. With cluster and node that makes seven slashes, which is what AWS IoT Core allows. */
export const MAX_PREFIX_LEVELS = 6;
export const MAX_PREFIX_CHARACTERS = 128;
export const MAX_CLUSTER_CHARACTERS = 64;
export const MAX_CLIENT_ID_CHARACTERS = 128;

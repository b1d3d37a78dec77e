// Every bound of a serial medium in one place.

/** Largest frame that is sent or collected. At 19200 baud it takes half a minute: what a cluster says is far smaller. */
export const MAX_FRAME_BYTES = 64 * 1024;

/** Bytes handed to the kernel at once, as heartbeat does it. */
export const CHUNK_BYTES = 512;

/** A byte on the line: eight bits, a start bit and a stop bit. */
export const BITS_PER_BYTE = 10;

/** Frames that wait for the line, and how long the line would need for them. Beyond either the oldest is dropped. */
export const MAX_QUEUED_FRAMES = 64;
export const MAX_QUEUED_LINE_MS = 3000;

/** How long `stop` lets the line carry what waits: the goodbye is the last of it. */
export const STOP_DRAIN_MS = 1000;

// A terminal that keeps what was written.
import type { Terminal } from "../commands/terminal.js";

export interface RecordingTerminal extends Terminal {
  readonly written: { out: string; err: string };
}

export function recordingTerminal(hasColours = false): RecordingTerminal {
  const written = { out: "", err: "" };
  return {
    written,
    out: { hasColours, write: (text) => void (written.out += text) },
    err: { hasColours, write: (text) => void (written.err += text) },
  };
}

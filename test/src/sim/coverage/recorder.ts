// What this thread runs through, as V8 counts it block by block. It begins before what is to be counted is loaded.
import { Session, type Profiler } from "node:inspector";

/** Counts of one file as it was loaded. */
export type ScriptCoverage = Pick<Profiler.ScriptCoverage, "url" | "functions">;

export class Recorder {
  private readonly session = new Session();

  constructor() {
    this.session.connect();
    this.session.post("Profiler.enable");
    // Counts and not only whether: an `else` that is not written was reached when its `if` was reached more often than what follows it.
    this.session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Of the files whose url has `part` in it; counting ends. */
  take(part: RegExp): Promise<readonly ScriptCoverage[]> {
    return new Promise((resolve, reject) => {
      this.session.post("Profiler.takePreciseCoverage", (error, { result } = { result: [] }) => {
        this.session.disconnect();
        if (error !== null) return reject(error);
        resolve(result.filter(({ url }) => part.test(url)).map(({ url, functions }) => ({ url, functions })));
      });
    });
  }
}

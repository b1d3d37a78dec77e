// Notices that the configuration on disk is no longer the one that nginx has loaded, and loads it where that is wanted. What
// nginx does not accept is said once a minute, and never takes the running one down.
import type { Clock, Logger } from "@systole/sdk";
import type { Located } from "./locate.js";
import { writeRecord, type SiteRecord } from "./record.js";
import type { SiteControl } from "./site-control.js";
import type { Survey } from "./survey.js";
import { notHere } from "./words.js";

const SAY_AGAIN_MS = 60_000;
const MAX_REMEMBERED = 64;

type Running = Survey & { readonly record: SiteRecord | undefined };

export class LoadedConfigurations {
  readonly #control: SiteControl;
  readonly #log: Logger;
  readonly #clock: Clock;
  /** By file: what was on disk when nginx was first seen here, for one that was started by somebody else. */
  readonly #firstSeen = new Map<string, string>();
  /** By file: what was last said about. */
  readonly #said = new Map<string, { readonly digest: string; readonly atMs: number }>();

  constructor(control: SiteControl, log: Logger, clock: Clock) {
    this.#control = control;
    this.#log = log;
    this.#clock = clock;
  }

  /** For an nginx that serves: says that the configuration changed, or loads it with `reload=on-change`. */
  async notice(located: Located, running: Running, signal: AbortSignal): Promise<void> {
    const { file, digest } = located.site.configuration;
    if (this.#loadedIn(located, running) === digest || this.#saidBefore(file, digest)) return;
    if (located.parameters.reloadOnChange) {
      await this.#load(located, running, signal);
      return;
    }
    const advice = "load it with nginx -s reload, or let reload=on-change do it";
    this.#log.info("nginx.configuration-changed", { resource: located.name, file, advice });
  }

  /**
   * For an nginx that serves nobody of the group: it is to have what a fresh start would have. Returns the digest of what
   * it has.
   */
  async catchUp(located: Located, running: Running, signal: AbortSignal): Promise<string> {
    const { digest } = located.site.configuration;
    const loaded = this.#loadedIn(located, running);
    return loaded === digest || (await this.#load(located, running, signal)) ? digest : loaded;
  }

  /** Digest of what it has loaded; of what is on disk when nobody knows. */
  #loadedIn({ site: { configuration } }: Located, { record }: Running): string {
    const { file, digest } = configuration;
    const loaded = record?.loaded ?? this.#firstSeen.get(file);
    if (loaded === undefined) remember(this.#firstSeen, file, digest);
    return loaded ?? digest;
  }

  #saidBefore(file: string, digest: string): boolean {
    const before = this.#said.get(file);
    const nowMs = this.#clock.nowMs();
    if (before?.digest === digest && nowMs - before.atMs < SAY_AGAIN_MS) return true;
    remember(this.#said, file, { digest, atMs: nowMs });
    return false;
  }

  async #load(located: Located, running: Running, signal: AbortSignal): Promise<boolean> {
    const { name, site, problems } = located;
    const { file, digest } = site.configuration;
    const refusal =
      problems.length > 0 ? notHere(problems.join("; ")) : await this.#control.reload(site, running, signal);
    if (refusal !== undefined && !refusal.ok) {
      this.#log.warn("nginx.reload-refused", { resource: name, file, why: refusal.reason });
      return false;
    }
    this.#log.info("nginx.reloaded", { resource: name, file });
    await writeRecord(site.configuration, { serving: running.record?.serving ?? false, loaded: digest });
    return true;
  }
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (map.size >= MAX_REMEMBERED) map.clear();
  map.set(key, value);
}

// Which units are on this machine, and what each says of itself.
import type { AgentCatalogue, AgentLookup } from "@systole/sdk";
import type { Systemctl } from "./systemctl.js";
import { unitName } from "./unit-name.js";

export class UnitCatalogue implements AgentCatalogue {
  readonly #systemctl: Systemctl;

  constructor(systemctl: Systemctl) {
    this.#systemctl = systemctl;
  }

  /** Empty where systemd does not run. */
  async list(signal: AbortSignal): Promise<readonly string[]> {
    const services = await this.#systemctl.services(signal);
    return services.ok ? services.value.map((name) => `systemd:${name}`).toSorted() : [];
  }

  async describe(args: readonly string[], signal: AbortSignal): Promise<AgentLookup> {
    const name = unitName(args[0]);
    if (!name.ok) return { ok: false, reason: name.problem };
    const look = await this.#systemctl.show(name.unit, signal);
    if (!look.ok) return { ok: false, reason: look.answer.reason };
    const { load, description, path, file } = look.value;
    if (load === "not-found") return { ok: false, reason: `there is no unit ${name.unit} on this machine` };
    const facts = [path, file].filter((fact) => fact !== "").join(", ");
    const actions = ["start", "stop", "status"].map((action) => ({ name: action }));
    return { ok: true, description: { title: description, text: facts, parameters: [], actions } };
  }
}

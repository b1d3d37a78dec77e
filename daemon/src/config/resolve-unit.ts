// `systemd:nginx.service`: a unit of systemd.
import { didYouMean } from "@systole/sdk";
import type { Resolution, ResourceLookup } from "./resolve-resource.js";

const UNIT = /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*$/;
const SUFFIX = /\.(service|socket|mount|automount|swap|target|path|timer|slice)$/;

/** `text` begins with `systemd:`. Without a suffix a service is meant. */
export function resolveUnit(text: string, lookup: ResourceLookup): Resolution {
  const [name = "", ...words] = text.slice("systemd:".length).split("::");
  const unit = SUFFIX.test(name) ? name : `${name}.service`;
  if (!UNIT.test(name) || /@\.[a-z]+$/.test(unit)) {
    const message = `"${text}" names no unit; write systemd:NAME.service, and for a template its instance: systemd:NAME@INSTANCE.service`;
    return { ok: false, code: "resource.name-invalid", message };
  }
  if (words.length > 0) {
    const message = `"${text}" has arguments, and a unit takes none; delete them, and use an instance or a drop-in file instead`;
    return { ok: false, code: "resource.name-invalid", message };
  }
  const files = new Set(lookup.unitDirectories.flatMap((directory) => lookup.namesIn(directory)));
  // The file of an instance is that of its template.
  if (!files.has(unit) && !files.has(templateOf(unit))) {
    const services = [...files].filter((file) => file.endsWith(".service"));
    const hint = didYouMean(unit, services) || "; install the program that brings it";
    const message = `nothing looks after "${text}": there is no ${unit} in ${lookup.unitDirectories.join(", ")}${hint}`;
    return { ok: false, code: "resource.not-found", message };
  }
  return { ok: true, agent: "systemd", args: [unit], resolvesTo: `systemd:${unit}` };
}

/** `name@.service` of `name@instance.service`; what is no instance comes back as it is. */
function templateOf(unit: string): string {
  const at = unit.indexOf("@");
  const dot = unit.lastIndexOf(".");
  return at < 0 || dot < at ? unit : `${unit.slice(0, at + 1)}${unit.slice(dot)}`;
}

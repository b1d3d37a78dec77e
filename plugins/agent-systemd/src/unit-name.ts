// Names of units as people write them, and as systemd takes them.

const SUFFIX = /\.(service|socket|mount|automount|swap|target|path|timer|slice)$/;
const CHARACTERS = /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*$/;
const MAX_CHARACTERS = 255;

export type UnitName =
  | { readonly ok: true; readonly unit: string }
  | { readonly ok: false; readonly problem: string };

/** `nginx` means `nginx.service`. A template needs an instance: `openvpn@office`, not `openvpn@`. */
export function unitName(text: string | undefined): UnitName {
  const unit = text === undefined || SUFFIX.test(text) ? text : `${text}.service`;
  if (unit === undefined || !CHARACTERS.test(unit) || unit.length > MAX_CHARACTERS || text === "") {
    return { ok: false, problem: `"${text ?? ""}" is not a name of a unit: write e.g. nginx.service` };
  }
  if (/@\.[a-z]+$/.test(unit)) {
    return { ok: false, problem: `${unit} is a template: name an instance, ${unit.replace("@.", "@NAME.")}` };
  }
  return { ok: true, unit };
}

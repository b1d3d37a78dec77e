// Where in systole.yaml stands what a plugin complains of, once it is composed.
import type { Position } from "../problem.js";
import { pathOfDevice } from "./fencing.js";
import type { SystoleSettings } from "./parse.js";

export interface PluginPlaces {
  /** Where systole.yaml names a fence device first; undefined where it does not. */
  readonly fenceDevicePlace: (name: string) => Position | undefined;
  /** Where systole.yaml says this of a plugin's configuration; undefined where it does not name the plugin. */
  readonly pluginPlace: (plugin: string, path: readonly PropertyKey[]) => Position | undefined;
}

export function placesOf({ settings, place }: SystoleSettings): PluginPlaces {
  return {
    fenceDevicePlace: (name) => {
      const path = pathOfDevice(name, settings);
      return path === undefined ? undefined : place(...path);
    },
    pluginPlace: (plugin, path) => {
      const index = (settings.plugins ?? []).findIndex(({ use }) => use === plugin);
      return index === -1 ? undefined : place("plugins", index, "with", ...path);
    },
  };
}

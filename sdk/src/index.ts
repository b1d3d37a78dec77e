/** The one import of a plugin's author. @packageDocumentation */
export * from "@systole/core/ports";
export * from "./agent-program.js";
export { definePlugin, SDK_VERSION } from "./define-plugin.js";
export * from "./nearest-word.js";
export * from "./secrets.js";

export * from "./contradictions/index.js";
export * from "./outcome.js";
export { place } from "./place.js";
export * from "./state.js";

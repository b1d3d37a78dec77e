// The decorators of a host service that is written as a class. From here and not from tsyringe itself, which refuses to load before
// there is metadata.
import "./metadata.js";

export { inject, injectable } from "tsyringe";
export type { ServiceClass } from "./injected-tokens.js";

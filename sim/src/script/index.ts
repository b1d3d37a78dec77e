/** What happens in a cluster as text that people read, and that can be played again. @packageDocumentation */
export { FAULT_SHAPES, faultLine, parseFault } from "./fault-lines.js";
export { Narrator, type Happening } from "./narrator.js";
export { play } from "./play.js";
export { isSceneLine, parseScene, sceneLines, type SceneAndSeed } from "./scene-lines.js";
export { transcriptOf } from "./transcript.js";

/** What a node tells in its events, as sentences for people: for the simulator's transcripts and for `systole explain`. @packageDocumentation */
export { isCounted, wordsFor, wordsForCounted } from "./event-words.js";
export { secondsText } from "./span-words.js";

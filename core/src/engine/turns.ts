// Two machines that tell each other what they said: neither is interrupted in the middle of an answer.

/** What one machine is told, one after the other: what it answers is all passed on before it is told the next thing. */
export interface Turns<Input> {
  taken: boolean;
  readonly waiting: Input[];
}

/**
 * What a machine said may come back to it as something new, through the other one. Were it told that in the middle of its own answer,
 * the rest of the older answer would come after the newer one: an older epoch would be written over a newer.
 */
export function inTurn<Input>(turns: Turns<Input>, input: Input, step: (input: Input) => void): void {
  turns.waiting.push(input);
  if (turns.taken) return;
  turns.taken = true;
  for (let next = turns.waiting.shift(); next !== undefined; next = turns.waiting.shift()) step(next);
  turns.taken = false;
}

// Reads authkeys: which keys are accepted and which one signs. A problem here never repeats a word of the file, since
// a mistyped line may hold the key anywhere.
import { Problems, WHOLE_FILE, type Parsed } from "./problem.js";
import { isReadable, splitLines, splitWords, type Word } from "./source-text.js";

export type AuthMethod = "crc" | "md5" | "sha1";

export interface AuthKey {
  readonly index: number;
  readonly method: AuthMethod;
  /** Absent for crc. */
  readonly key?: string;
}

export interface AuthKeys {
  /** Index of the key that signs; undefined after an error. */
  readonly sign: number | undefined;
  readonly keys: readonly AuthKey[];
}

const MAX_INDEX = 15;

function parseIndex(word: Word | undefined): number | undefined {
  if (word === undefined || !/^\d{1,2}$/.test(word.text)) return undefined;
  const index = Number(word.text);
  return index <= MAX_INDEX ? index : undefined;
}

function isMethod(text: string): text is AuthMethod {
  return text === "crc" || text === "md5" || text === "sha1";
}

interface AuthDraft {
  sign: (Word & { index: number }) | undefined;
  keys: (AuthKey & { line: number })[];
}

function readAuth(words: readonly Word[], draft: AuthDraft, problems: Problems): void {
  const [auth, number] = words;
  if (auth === undefined) return;
  const index = parseIndex(number);
  if (auth.text !== "auth" || index === undefined) {
    problems.error(
      auth,
      "authkeys.auth-invalid",
      "write `auth N`, with the number (0 to 15) of the key that signs",
    );
  } else if (draft.sign !== undefined) {
    const message = `\`auth\` stands in line ${draft.sign.line} already; delete one of the two`;
    problems.error(auth, "authkeys.auth-repeated", message);
  } else {
    draft.sign = { ...auth, index };
  }
}

function readKey(words: readonly Word[], draft: AuthDraft, problems: Problems): void {
  const [number, methodWord, keyWord, surplus] = words;
  if (number === undefined) return;
  const index = parseIndex(number);
  const method = methodWord?.text ?? "";
  if (index === undefined) {
    const message = "a line begins with `auth` or with a key's number from 0 to 15; write e.g. `1 sha1 KEY`";
    problems.error(number, "authkeys.index-invalid", message);
  } else if (methodWord === undefined || !isMethod(method)) {
    const message = `key ${index} has no method that is known; write crc, md5 or sha1 after the number`;
    problems.error(methodWord ?? number, "authkeys.method-invalid", message);
  } else if (method === "crc" && keyWord !== undefined) {
    const message = `crc takes no key; write \`${index} crc\` alone, or better sha1`;
    problems.error(keyWord, "authkeys.crc-with-key", message);
  } else if (method !== "crc" && keyWord === undefined) {
    const message = `key ${index} is missing; write \`${index} ${method} KEY\``;
    problems.error(methodWord, "authkeys.key-missing", message);
  } else {
    addKey(
      { index, method, line: number.line, ...(keyWord && { key: keyWord.text }) },
      number,
      draft,
      problems,
    );
    if (method === "crc") {
      const message =
        "crc protects against accidents only: anybody on the network can forge it; write sha1 and a key";
      problems.warning(methodWord, "authkeys.crc", message);
    }
    if (surplus !== undefined && !surplus.text.startsWith("#")) {
      const message = `only the first word of key ${index} counts, as in heartbeat; delete what follows it`;
      problems.warning(surplus, "authkeys.surplus", message);
    }
  }
}

function addKey(key: AuthKey & { line: number }, at: Word, draft: AuthDraft, problems: Problems): void {
  const earlier = draft.keys.find((other) => other.index === key.index);
  if (earlier === undefined) draft.keys.push(key);
  else {
    const message = `key ${key.index} stands in line ${earlier.line} already; give one of them another number`;
    problems.error(at, "authkeys.index-repeated", message);
  }
}

function checkSigner(draft: AuthDraft, problems: Problems): void {
  const { sign } = draft;
  if (sign === undefined) {
    if (!problems.found.some((problem) => problem.code === "authkeys.auth-invalid")) {
      const message = "no line says which key signs; write `auth N` as the first line";
      problems.error(WHOLE_FILE, "authkeys.auth-missing", message);
    }
    return;
  }
  const signer = draft.keys.find((key) => key.index === sign.index);
  if (signer === undefined) {
    const message = `key ${sign.index}, which shall sign, is not in the file; add its line, or name another number`;
    problems.error(sign, "authkeys.signer-missing", message);
  } else if (signer.line < sign.line) {
    const message = "heartbeat wants this line above the key that it names; move it to the top";
    problems.warning(sign, "authkeys.auth-below-key", message);
  }
}

/** Never throws. */
export function parseAuthKeys(text: string, file: string): Parsed<AuthKeys> {
  const problems = new Problems(file);
  const draft: AuthDraft = { sign: undefined, keys: [] };
  for (const [index, line] of splitLines(text).entries()) {
    if (/^[ \t]*(#|$)/.test(line) || !isReadable(line, index + 1, problems)) continue;
    const words = splitWords(line, index + 1, /[ \t]+/);
    if (words[0]?.text.startsWith("a")) readAuth(words, draft, problems);
    else readKey(words, draft, problems);
  }
  checkSigner(draft, problems);
  const keys = draft.keys.map(({ line: _line, ...key }) => key);
  const signer = keys.find((key) => key.index === draft.sign?.index);
  return { value: { sign: signer?.index, keys }, problems: problems.found };
}

/** Permission bits of the file, as `stat` gives them. Who can read the key can take over the cluster. */
export function checkAuthKeysMode(mode: number, file: string): Parsed<undefined> {
  const problems = new Problems(file);
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  if ((mode & 0o044) !== 0) {
    const message = `others may read the keys (mode ${octal}); run \`chmod 600 ${file}\``;
    problems.error(WHOLE_FILE, "authkeys.readable-by-others", message);
  } else if ((mode & 0o022) !== 0) {
    const message = `others may replace the keys (mode ${octal}); run \`chmod 600 ${file}\``;
    problems.warning(WHOLE_FILE, "authkeys.writable-by-others", message);
  }
  return { value: undefined, problems: problems.found };
}

/**
 * Snapshot texts as nobody should have to read them: real outputs of kubectl, aws, ip, iptables-save and conntrack, changed in
 * their structure (members, rows, words) and in their bytes.
 */
import type { Random } from "./random.ts";

/** Names that are something else to a careless program. */
export const HOSTILE_NAMES: readonly string[] = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "prototype",
  "length",
  "a/b",
  "..",
  "-",
  "\u001b[31mred",
  "x".repeat(300),
  "\u202egnp.exe",
  "null",
  "1e999",
];

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  "",
  "0.0.0.0/0",
  "::/0",
  "10.0.0.1/33",
  "999.1.1.1",
  "2001:db8::/129",
  [],
  {},
  [[]],
  "9999-99-99T99:99:99Z",
  "%s%n",
  "\u0000",
  "\ud800",
];

export function mutateSnapshot(text: string, random: Random): string {
  const isJson = /^\s*[[{]/.test(text);
  let changed = text;
  if (isJson && !random.oneIn(4)) changed = mutateJson(text, random);
  else for (let i = random.between(1, 4); i > 0; i -= 1) changed = mutateText(changed, random);
  return random.oneIn(8) ? mangle(changed, random) : changed;
}

function mutateJson(text: string, random: Random): string {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return mutateText(text, random);
  }
  const changes = random.between(1, 6);
  for (let i = 0; i < changes; i += 1) changeSomewhere(root, random);
  return JSON.stringify(root, null, random.oneIn(3) ? 2 : 0);
}

/** Walks down to a random member and does something to it. */
function changeSomewhere(root: unknown, random: Random): void {
  let at = root;
  for (let depth = 0; depth < 12; depth += 1) {
    if (typeof at !== "object" || at === null) return;
    const keys = Object.keys(at);
    if (keys.length === 0) return;
    const key = random.pick(keys);
    const parent = at as Record<string, unknown>;
    const child = parent[key];
    if (typeof child !== "object" || child === null || random.oneIn(8))
      return changeMember(parent, key, random);
    at = child;
  }
}

function changeMember(parent: Record<string, unknown>, key: string, random: Random): void {
  const set = (name: string, value: unknown): void => {
    Object.defineProperty(parent, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  };
  switch (random.below(6)) {
    case 0:
      if (Array.isArray(parent)) parent.length = Math.min(parent.length, random.below(3));
      else delete parent[key];
      return;
    case 1:
      return set(key, random.pick(HOSTILE_NAMES));
    case 2:
      if (Array.isArray(parent)) return void parent.push(...parent.slice(0, 20));
      return set(random.pick(HOSTILE_NAMES), parent[key]);
    case 3:
      return set(key, nested(random));
    case 4:
      return set(key, [parent[key], parent[key], null]);
    default:
      return set(key, random.pick(VALUES));
  }
}

function nested(random: Random): unknown {
  let value: unknown = 1;
  for (let i = random.pick([3, 70, 900]); i > 0; i -= 1)
    value = random.oneIn(2) ? [value] : { items: value };
  return value;
}

function mutateText(text: string, random: Random): string {
  const lines = text.split("\n");
  // Much is decided at the first line and the last.
  const at = random.oneIn(4)
    ? random.pick([0, 1, lines.length - 1, lines.length - 2])
    : random.below(lines.length);
  const line = lines[at] ?? "";
  switch (random.below(11)) {
    case 0:
      lines.splice(at, random.between(1, 3));
      break;
    case 1:
      lines.splice(
        at,
        0,
        ...Array.from({ length: random.pick([1, 3, 200]) }, () =>
          random.oneIn(2) ? line : changeWord(line, random),
        ),
      );
      break;
    case 2:
      lines[at] = changeWord(line, random);
      break;
    case 3:
      lines[at] = line.slice(0, random.below(line.length + 1));
      break;
    case 4:
      lines[at] =
        line +
        random.pick([
          " -j",
          " !",
          " -d 0.0.0.0/0",
          " src=",
          " [ASSURED]",
          "\t\t",
          ` ${"x ".repeat(500)}`,
        ]);
      break;
    case 5:
      return changeNumber(
        lines,
        at,
        random.pick(["0", "99999999999999999999", "-1", "0x10", "4294967296", "65536"]),
        random,
      );
    case 6:
      lines[at] = line.replace(/[A-Za-z][\w-]*/, random.pick(HOSTILE_NAMES));
      break;
    case 7:
      lines.splice(random.below(lines.length), 0, line);
      break;
    case 8:
      return text.slice(0, random.below(text.length + 1));
    case 9:
      return text.slice(random.below(text.length + 1));
    default: {
      const cut = random.below(text.length + 1);
      return (
        text.slice(0, cut) +
        String.fromCharCode(random.pick([0, 9, 13, 27, 0x7f, 0xa0, 0xd800, 0xfffe])) +
        text.slice(cut)
      );
    }
  }
  return lines.join("\n");
}

/** The first number of one line, or of every line. */
function changeNumber(
  lines: readonly string[],
  at: number,
  number: string,
  random: Random,
): string {
  const isEverywhere = random.oneIn(2);
  return lines
    .map((line, i) => (isEverywhere || i === at ? line.replace(/\d+/, number) : line))
    .join("\n");
}

function changeWord(line: string, random: Random): string {
  const words = line.split(" ");
  const at = random.below(words.length);
  words[at] = random.pick([
    ...HOSTILE_NAMES,
    ...words,
    "",
    "10.0.1.10",
    "fe80::1%eth0",
    "::ffff:10.0.0.1",
    "0.0.0.0/0",
  ]);
  return words.join(" ");
}

/** What editors, terminals and mail programs do to a text. */
function mangle(text: string, random: Random): string {
  switch (random.below(5)) {
    case 0:
      return `\ufeff${text}`;
    case 1:
      return text.replaceAll("\n", "\r\n");
    case 2:
      return text.replaceAll("\n", "\r");
    case 3:
      return text + text;
    default:
      return `$ kubectl get pods -A -o wide\n${text}\n$ `;
  }
}

/** Packet and connection marks of which some bits may be unknown (netfilter xt_MARK.c, xt_CONNMARK.c, xt_mark.c). */

/** `known` has a bit for each bit of `value` that is certain. Both are unsigned 32-bit. */
export interface Mark {
  readonly value: number;
  readonly known: number;
}

export const NO_MARK: Mark = { value: 0, known: 0xffffffff };
/** Any bit may be set. */
export const UNKNOWN_MARK: Mark = { value: 0, known: 0 };

export type Answer = "yes" | "no" | "maybe";

/** `(mark & mask) == value`, as far as the known bits tell. */
export function markAnswer(mark: Mark, value: number, mask: number): Answer {
  const decided = (mask & mark.known) >>> 0;
  if ((mark.value & decided) >>> 0 !== (value & decided) >>> 0) return "no";
  return decided === mask >>> 0 ? "yes" : "maybe";
}

/** What a MARK or CONNMARK target does to the two marks. */
export type MarkAction =
  | {
      readonly to: "mark" | "connmark";
      readonly keep: number;
      readonly with: number;
      readonly by: "xor" | "or";
    }
  | { readonly copy: "restore" | "save"; readonly nfMask: number; readonly ctMask: number };

export interface Marks {
  readonly mark: Mark;
  readonly connmark: Mark;
}

/** Null when the target's options are none that this reads. `text` is the rule as iptables-save prints it. */
export function parseMarkAction(target: string, text: string): MarkAction | null {
  const to = target === "CONNMARK" ? "connmark" : "mark";
  const told = /--(set-xmark|set-mark|or-mark|and-mark|xor-mark) (\w+)(?:\/(\w+))?/.exec(text);
  if (told !== null) {
    const value = Number(told[2]);
    const mask = told[3] === undefined ? 0xffffffff : Number(told[3]);
    if (Number.isNaN(value) || Number.isNaN(mask)) return null;
    return setAction(to, told[1] ?? "", value, mask);
  }
  const copy = /--(restore|save)-mark/.exec(text)?.[1];
  if (target !== "CONNMARK" || (copy !== "restore" && copy !== "save")) return null;
  const both = maskOf(text, "mask");
  return {
    copy,
    nfMask: maskOf(text, "nfmask") ?? both ?? 0xffffffff,
    ctMask: maskOf(text, "ctmask") ?? both ?? 0xffffffff,
  };
}

function setAction(
  to: "mark" | "connmark",
  option: string,
  value: number,
  mask: number,
): MarkAction {
  const cleared = (bits: number): number => ~bits >>> 0;
  switch (option) {
    case "set-mark":
      return { to, keep: cleared(mask), with: value, by: "or" };
    case "or-mark":
      return { to, keep: 0xffffffff, with: value, by: "or" };
    case "and-mark":
      return { to, keep: value >>> 0, with: 0, by: "or" };
    case "xor-mark":
      return { to, keep: 0xffffffff, with: value, by: "xor" };
    default:
      return { to, keep: cleared(mask), with: value, by: "xor" };
  }
}

function maskOf(text: string, option: string): number | undefined {
  const told = new RegExp(`--${option} (\\w+)`).exec(text)?.[1];
  const mask = told === undefined ? Number.NaN : Number(told);
  return Number.isNaN(mask) ? undefined : mask;
}

export function applyMark({ mark, connmark }: Marks, action: MarkAction): Marks {
  if ("copy" in action) {
    const { nfMask, ctMask } = action;
    return action.copy === "restore"
      ? { mark: combine(mark, nfMask, connmark, ctMask), connmark }
      : { mark, connmark: combine(connmark, ctMask, mark, nfMask) };
  }
  const before = action.to === "mark" ? mark : connmark;
  const value = before.value & action.keep;
  // A bit that is not kept is set by the rule alone; an OR with 1 is certain whatever was there.
  const certain = before.known | ~action.keep | (action.by === "or" ? action.with : 0);
  const after: Mark = {
    value: (action.by === "or" ? value | action.with : value ^ action.with) >>> 0,
    known: certain >>> 0,
  };
  return action.to === "mark" ? { mark: after, connmark } : { mark, connmark: after };
}

/** `to = (to & ~toMask) ^ (from & fromMask)`: how the kernel saves and restores marks. */
function combine(to: Mark, toMask: number, from: Mark, fromMask: number): Mark {
  return {
    value: ((to.value & ~toMask) ^ (from.value & fromMask)) >>> 0,
    known: ((to.known | toMask) & (from.known | ~fromMask)) >>> 0,
  };
}

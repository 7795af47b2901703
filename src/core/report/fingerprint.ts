/** What makes two findings the same over runs, in 16 hexadecimal digits: the gate's baselines and SARIF key on it. */

const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = 0xffffffffffffffffn;

/**
 * FNV-1a, 64 bit (draft-eastlake-fnv), over the UTF-16 code units of rule, NUL, identity; low byte of each unit first.
 * Code units, because hostile names may hold lone surrogates that have no UTF-8 form.
 */
export function fingerprint(rule: string, identity: string): string {
  const text = `${rule}\0${identity}`;
  let hash = OFFSET_BASIS;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = ((hash ^ BigInt(unit & 0xff)) * PRIME) & MASK;
    hash = ((hash ^ BigInt(unit >> 8)) * PRIME) & MASK;
  }
  return hash.toString(16).padStart(16, "0");
}

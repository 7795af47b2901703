/** Names of pcapng blocks that are stepped over (draft-ietf-opsawg-pcapng section 11.1, "PCAPNG Block Types"). */

const NAMES: ReadonlyMap<number, string> = new Map([
  [7, "IRIG timestamp"],
  [8, "ARINC 429"],
  [9, "systemd journal export"],
  [10, "decryption secrets"],
  [0x101, "Hone project machine info"],
  [0x102, "Hone project connection event"],
  [0x0000_0bad, "custom"],
  [0x4000_0bad, "custom, not to be copied"],
]);
/** Sysdig's blocks, event and metadata versions included. */
const SYSDIG_FIRST = 0x201;
const SYSDIG_LAST = 0x21f;
/** Types with the highest bit set are anybody's own. */
const LOCAL_USE = 0x8000_0000;

export function skippedBlockName(type: number): string {
  if (type >= SYSDIG_FIRST && type <= SYSDIG_LAST) return "sysdig";
  return NAMES.get(type) ?? (type >= LOCAL_USE ? "local use" : "unknown");
}

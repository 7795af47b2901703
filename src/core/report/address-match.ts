/** Whether an address of the report lies where somebody asked: one address or a CIDR. */
import { type Cidr, cidrContains, makeCidr, parseCidr } from "../address/cidr.ts";
import { parseAddress } from "../address/ip-text.ts";

/** Null when the text is neither an address nor a CIDR. Answers are kept, as few addresses stand in many connections. */
export function addressMatch(text: string): ((address: string) => boolean) | null {
  const wanted = cidrOf(text);
  if (wanted === null) return null;
  const inside = new Map<string, boolean>();
  return (address) => {
    const known = inside.get(address);
    if (known !== undefined) return known;
    const parsed = parseAddress(address);
    const answer = parsed !== null && cidrContains(wanted, parsed);
    if (inside.size >= MAX_KEPT) inside.clear();
    inside.set(address, answer);
    return answer;
  };
}

/** Answers kept; a scan of a whole network must not fill the memory with them. */
const MAX_KEPT = 65_536;

function cidrOf(text: string): Cidr | null {
  const address = parseAddress(text);
  if (address !== null) return makeCidr(address, address.family === 4 ? 32 : 128);
  return parseCidr(text);
}

/** Groups that no router forwards. */

/** 224.0.0.0/24 (RFC 5771) and ff02::/16 (RFC 4291 section 2.7) never leave the link. */
export function isLocalMulticast(address: string): boolean {
  return address.startsWith("224.0.0.") || /^ff[0-9a-f]2:/.test(address);
}

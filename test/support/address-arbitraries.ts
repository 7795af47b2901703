/** Addresses for property tests, close to each other so that prefixes of all lengths match now and then. */
import fc from "fast-check";

const octet = fc.oneof(fc.constantFrom(0, 1, 10, 127, 128, 255), fc.nat(255));
const group = fc.oneof(fc.constantFrom(0, 1, 0x8000, 0xffff), fc.nat(0xffff));

/** Dotted quads; half of them in 10.0.0.0/16. */
export const ipv4Address: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(octet, octet, octet, octet).map((octets) => octets.join(".")),
  fc.tuple(octet, octet).map(([c, d]) => `10.0.${c}.${d}`),
);

/** IPv6 addresses with all groups written; half of them in 2001:db8::/64. */
export const ipv6Address: fc.Arbitrary<string> = fc
  .oneof(
    fc.array(group, { minLength: 8, maxLength: 8 }),
    fc.tuple(group, group, group, group).map((low) => [0x2001, 0x0db8, 0, 0, ...low]),
  )
  .map((groups) => groups.map((value) => value.toString(16)).join(":"));

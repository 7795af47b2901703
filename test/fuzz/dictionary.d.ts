/** What build-target.ts puts in: the numbers and words that the code under test compares with. */
declare module "podpath-fuzz:dictionary" {
  const constants: readonly (number | string)[];
  export default constants;
}

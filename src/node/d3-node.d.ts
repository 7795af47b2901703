/** d3-node 4 has no types: what render-svg.ts uses of it. */
declare module "d3-node" {
  interface Selection {
    append(name: string): Selection;
    attr(name: string, value: string | number): Selection;
    text(value: string): Selection;
    node(): object | null;
  }
  export class D3Node {
    readonly window: {
      readonly XMLSerializer: new () => { serializeToString(node: object): string };
      close(): void;
    };
    createSVG(
      width?: number,
      height?: number,
      attributes?: Readonly<Record<string, string>>,
    ): Selection;
  }
}

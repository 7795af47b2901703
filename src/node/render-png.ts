/**
 * Pictures as PNG, through @resvg/resvg-js when the user has installed it: it is a few megabytes of native code, which most
 * users of podpath never need.
 */

/** What is used of @resvg/resvg-js 2. */
interface ResvgModule {
  readonly Resvg: new (
    svg: string,
    options: {
      readonly fitTo: { readonly mode: "zoom"; readonly value: number };
      readonly font: { readonly loadSystemFonts: boolean; readonly defaultFontFamily: string };
    },
  ) => { render(): { asPng(): Uint8Array } };
}

/** The package is not there, or is not one that this program knows. */
export class PngUnavailable extends Error {
  override readonly name = "PngUnavailable";
}

/** A variable, so that no tool takes it for a package that must be there. */
const PACKAGE: string = "@resvg/resvg-js";

/** Twice the size, for screens and slides. resvg knows no generic family names: one must be named. */
const OPTIONS = {
  fitTo: { mode: "zoom", value: 2 },
  font: { loadSystemFonts: true, defaultFontFamily: "DejaVu Sans" },
} as const;

/** Throws PngUnavailable. */
export async function renderPng(svg: string): Promise<Uint8Array> {
  let found: Partial<ResvgModule>;
  try {
    found = await import(PACKAGE);
  } catch (cause) {
    throw new PngUnavailable(`${PACKAGE} is not installed`, { cause });
  }
  if (found.Resvg === undefined) throw new PngUnavailable(`${PACKAGE} has no Resvg`);
  return new found.Resvg(svg, OPTIONS).render().asPng();
}

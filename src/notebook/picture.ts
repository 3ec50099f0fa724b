/** Still pictures of charts: vega-lite spec -> SVG -> PNG without a browser, a canvas or the system's fonts. */
import type { ChartSpec } from "./charts/style";

/** The part of vega and vega-lite that is used here; they are loaded on first use because they take half a second. */
interface Vega {
  parse(spec: object): object;
  View: new (runtime: object, options: object) => { toSVG(): Promise<string>; finalize(): void };
  textMetrics: { width(item: TextItem, text: unknown): number };
}
interface VegaLite {
  compile(spec: object, options?: object): { spec: object };
}
interface TextItem {
  fontSize?: number;
  fontWeight?: string | number;
}
interface Resvg {
  Resvg: new (
    svg: string,
    options: object,
  ) => { readonly width: number; readonly height: number; render(): { asPng(): Uint8Array } };
}

/** Arimo has the widths of Arial and Helvetica, which browsers use for the same charts: both layouts agree. */
const FONT = "Arimo";
const FONT_FILES = ["400Regular/Arimo_400Regular.ttf", "700Bold/Arimo_700Bold.ttf"];

/** Arimo's advance widths for the characters 32 to 126, in thousandths of the font size. */
const WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];
const OTHER_WIDTH = 556; // Greek letters and superscripts, about

/** Width of a text in px. Without a canvas vega guesses 0.8 em a character, far too much: titles would stand apart. */
function textWidth(item: TextItem, text: unknown): number {
  let width = 0;
  for (const character of String(text ?? "")) width += WIDTHS[character.codePointAt(0)! - 32] ?? OTHER_WIDTH;
  const bold = item.fontWeight === "bold" || Number(item.fontWeight) >= 600 ? 1.07 : 1;
  return (width / 1000) * bold * (item.fontSize ?? 11);
}

function loadVega(): Vega {
  const vega = require("vega") as Vega;
  vega.textMetrics.width = textWidth;
  return vega;
}

/** A chart as SVG text. */
export async function renderSvg(spec: ChartSpec): Promise<string> {
  const vega = loadVega();
  const { compile } = require("vega-lite") as VegaLite;
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** A PNG and its size in px on the page; the picture itself has `scale` times as many. */
export interface Picture {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** SVG to PNG, at twice the size on the page so that it is sharp in print and on fine screens. */
export function renderPng(svg: string, scale = 2): Picture {
  const { Resvg } = require("@resvg/resvg-js") as Resvg;
  const image = new Resvg(svg, {
    background: "white",
    fitTo: { mode: "zoom", value: scale },
    font: {
      // The same picture on every machine, also on one without a single font.
      loadSystemFonts: false,
      fontFiles: FONT_FILES.map((file) => require.resolve(`@expo-google-fonts/arimo/${file}`)),
      defaultFontFamily: FONT,
      sansSerifFamily: FONT,
    },
  });
  return { png: image.render().asPng(), width: Math.round(image.width), height: Math.round(image.height) };
}

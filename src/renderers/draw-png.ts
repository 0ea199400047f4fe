import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FONT_FAMILY } from './reach-matrix-svg.ts';

const FONT_FILE = 'assets/fonts/DejaVuSans.ttf';

/** The shipped font, found upwards from this file: `src/renderers` in a checkout, `dist` in the image. */
function fontPath(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, FONT_FILE);
    if (existsSync(path)) return path;
    if (folder === dirname(folder))
      throw new Error(`${FONT_FILE} is not beside the program; reinstall it`);
  }
}

/** Draws an SVG as PNG, twice as large, outside of the event loop. */
export async function drawPng(svg: string): Promise<Uint8Array> {
  // Loaded late: the native renderer is not needed by roles that draw nothing.
  const { renderAsync } = await import('@resvg/resvg-js');
  const image = await renderAsync(svg, {
    font: { loadSystemFonts: false, fontFiles: [fontPath()], defaultFontFamily: FONT_FAMILY },
    fitTo: { mode: 'zoom', value: 2 },
  });
  return image.asPng();
}

import { consoleAroundCatalogue } from './console-around.ts';
import { consoleCheckCatalogue } from './console-check.ts';
import type { ConsoleEntry } from './console-entry.ts';
import { consoleLookAlikeCatalogue } from './console-look-alikes.ts';
import { consoleNetworkCatalogue } from './console-network.ts';
import { consolePreflightCatalogue } from './console-preflight.ts';

export { BROWSER_STEPS, type BrowserStep, type ConsoleEntry, type ConsoleKind } from './console-entry.ts';

/**
 * What a browser's console can mean, in the names that the browser model has too: its steps that can fail (`FetchStep`),
 * and what it prints (`ConsoleCode`).
 */
export const consoleCatalogue = {
  ...consoleCheckCatalogue,
  ...consolePreflightCatalogue,
  ...consoleAroundCatalogue,
  ...consoleLookAlikeCatalogue,
  ...consoleNetworkCatalogue,
} as const satisfies Record<string, ConsoleEntry>;

/** A code of something that a console says. */
export type ConsoleCode = keyof typeof consoleCatalogue;

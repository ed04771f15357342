import type { MessagePattern } from '../pattern.ts';
import { chromiumPatterns } from './chromium.ts';
import { firefoxPatterns } from './firefox.ts';
import { lookAlikePatterns } from './look-alikes.ts';
import { networkPatterns } from './network.ts';
import { sharedPatterns } from './shared.ts';
import { webkitPatterns } from './webkit.ts';

/** Every wording that is known. */
export const PATTERNS: readonly MessagePattern[] = [
  ...chromiumPatterns,
  ...firefoxPatterns,
  ...webkitPatterns,
  ...sharedPatterns,
  ...lookAlikePatterns,
  ...networkPatterns,
];

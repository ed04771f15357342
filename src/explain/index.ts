/** What the text of a browser's console means: pure, for every place that shows one. */
export type { NextCommand } from './next-command.ts';
export { explainConsole, type ConsoleExplanation, type ConsoleFinding } from './explain.ts';
export type { ConsoleEngine } from './pattern.ts';
export type { UnknownText } from './unknown.ts';

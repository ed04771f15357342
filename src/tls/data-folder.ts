import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The folder where a user's programs keep what they have made: by the XDG base directory specification, or where macOS and
 * Windows have it.
 */
export function dataFolder(env: Readonly<Record<string, string | undefined>>, platform = process.platform): string {
  const { XDG_DATA_HOME: xdg = '', HOME: home = homedir(), LOCALAPPDATA: local = '' } = env;
  // The specification: a relative path is to be ignored.
  if (isAbsolute(xdg)) return join(xdg, 'oneorigin');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'oneorigin');
  if (platform === 'win32' && local !== '') return join(local, 'oneorigin');
  return join(home, '.local', 'share', 'oneorigin');
}

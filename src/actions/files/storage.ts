import { statfsSync, statSync } from 'node:fs';

/**
 * The `f_type` of file systems that live in this machine and change a file's ctime with every change: ext2 to ext4, XFS,
 * Btrfs, ZFS, F2FS, bcachefs, tmpfs, ramfs, overlayfs, SquashFS, EROFS.
 */
const LOCAL = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010, 0xca451a4e, 0x01021994, 0x858458f6, 0x794c7630, 0x73717368,
  0xe0f5e1e2,
]);

/**
 * The device that a folder is on (`st_dev`) if it's known to be a disk of this machine; undefined for what may hang, or
 * may not tell changes reliably.
 */
export function localDevice(folder: string): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return LOCAL.has(statfsSync(folder).type) ? statSync(folder).dev : undefined;
  } catch {
    return undefined;
  }
}

import { parseUrl } from '../../protocol/parse-url.ts';
import { addressSpace, SPACES, type AddressSpace } from '../network-space.ts';
import { finding, type Examination, type Finding } from './finding.ts';

/** Local Network Access, 3.1.3: a request is one to a local network if its server's address space is narrower than the page's. */
export function localNetworkFindings(examination: Examination): Finding[] {
  const { question, around } = examination;
  const target = around?.addresses.find(({ failure }) => failure === undefined) ?? around?.addresses[0];
  const page = parseUrl(question.origin);
  if (target === undefined || page === undefined) return [];
  const to = addressSpace(target.address);
  const { space: from, address: pageAddress } = pageSpace(examination, page);
  if (SPACES.indexOf(to) >= SPACES.indexOf(from)) return [];
  const reason = page.protocol === 'https:' ? 'permission' : 'insecure';
  const data = { address: target.address, space: to, page: page.host, pageSpace: from, pageAddress, reason };
  return [finding('doctor-local-network', { severity: 'warning', data })];
}

/** Where a page comes from: the address that sent it, what its host's name resolves to, or what the name says. */
function pageSpace(
  { page: view, around }: Examination,
  page: URL,
): { readonly space: AddressSpace; readonly address: string } {
  const host = page.hostname.replace(/^\[|\]$/g, '');
  // "Let localhost be localhost": browsers don't ask the DNS for it.
  if (/(?:^|\.)localhost$/.test(host)) return { space: 'loopback', address: '' };
  const sentBy = /^\[?(.+?)\]?:\d+$/.exec(view?.probe.address ?? '')?.[1];
  const address = sentBy ?? around?.pageAddress;
  if (address !== undefined) return { space: addressSpace(address), address };
  if (host.endsWith('.test')) return { space: 'loopback', address: '' };
  // A name that only a private network knows needn't be known here.
  const isPrivateName = /\.(?:local|internal|lan|home\.arpa)$/.test(host) || !host.includes('.');
  return { space: isPrivateName ? 'local' : 'public', address: '' };
}

import type { doctorLayersCatalogue } from '../../../src/diagnostics/catalogue/doctor-layers.ts';
import { ALLOWED, PAGE, type Situations } from '../situation.ts';

const OUTER = 'https://api.example.com';
const INNER = 'http://app:3000';
const asked = `> GET /users  (Origin: ${PAGE})`;
const data = { layer: OUTER, inner: INNER, header: 'Access-Control-Allow-Origin', where: 'GET' };

/** What one of several layers does, seen with `--via`. */
export const layersSituations: Situations<keyof typeof doctorLayersCatalogue> = {
  'doctor-layer-down': {
    why: 'One of the layers named with `--via` could not be asked: it is down, or its address is another one from where the doctor runs. Nothing is said about the others by that.',
    data: { layer: INNER, detail: 'connect ECONNREFUSED 127.0.0.1:3000' },
    evidence: [asked, '< nothing: refused connect ECONNREFUSED 127.0.0.1:3000'],
  },
  'doctor-layer-swallows-options': {
    why: 'A proxy, an API gateway or a firewall answers OPTIONS itself, and wrongly. The application behind it would have let the preflight pass, but never gets to see it.',
    data: { ...data, status: 405 },
    request: { method: 'PUT' },
    preflight: '405 Method Not Allowed\nServer: nginx',
    response: `200 OK\n${ALLOWED}`,
  },
  'doctor-layer-duplicates': {
    why: "The application has a policy, and somebody put one into the proxy too. Each is right alone; the browser gets both lines, joins them with a comma, and that is nobody's origin.",
    data,
    response: `200 OK\n${ALLOWED}\n${ALLOWED}`,
  },
  'doctor-layer-loses-origin': {
    why: "The layer doesn't pass `Origin` on, so the application answers as if nobody had said who asks. CDNs do that: what isn't in their cache key or allow-list is left out.",
    data,
    response: '200 OK\nVary: Origin',
  },
  'doctor-layer-removes': {
    why: 'The application sends the header, and a layer in front takes it off: a rule that cleans up response headers, or an `add_header` block that begins anew.',
    data,
    response: '200 OK',
  },
  'doctor-layer-overwrites': {
    why: 'Two layers have a policy, and the outer one wins: it replaces what the application said by a value of its own.',
    data: { ...data, from: PAGE, to: 'https://www.example.com' },
    response: '200 OK\nAccess-Control-Allow-Origin: https://www.example.com',
  },
  'doctor-layer-adds': {
    why: 'Not a problem: it tells where the policy lives. Of all layers this is the one whose configuration has to change.',
    data: { layer: OUTER, header: 'Access-Control-Allow-Origin' },
    response: `200 OK\n${ALLOWED}`,
  },
};

import type { StackName } from '../../src/doctor/stacks/names.ts';
import { stacks, type Wish } from '../../src/doctor/stacks/index.ts';
import { fence, GENERATED, page, prose, section } from './markdown.ts';
import { API, PAGE } from './situation.ts';

/** A policy that has everything, so that leaving out is all there is to do. */
const WISH: Wish = {
  origin: PAGE,
  methods: ['GET', 'PUT', 'DELETE'],
  headers: ['authorization', 'content-type'],
  expose: ['x-total-count'],
  credentials: true,
  maxAge: 7200,
  target: API,
  prefix: '/',
};

/** The page of a stack: a whole policy as it is written there. */
export function stackPage(name: StackName): string {
  const { title, write } = stacks[name];
  const { files, warnings } = write(WISH);
  return page(
    `# A CORS policy for ${title}`,
    GENERATED,
    `It lets the page at \`${PAGE}\` ask \`${API}\` with ${WISH.methods.map((method) => `\`${method}\``).join(', ')}, JSON, a token and cookies, and read \`X-Total-Count\`. Put your own names in, and leave out what your page doesn't need. \`oneorigin doctor URL --origin ORIGIN --stack ${name}\` writes it with your own names.`,
    ...files.map(({ name: place, language, text }) => `${prose(place)}:\n\n${fence(text, language)}`),
    section('Traps', warnings.map((warning) => `- ${prose(warning)}`).join('\n')),
  );
}
